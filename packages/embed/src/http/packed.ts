import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import type { AnswerPiece, FieldList, IncomingHead } from '@wasm-plugin/wasi'
import type { AnswerPart } from './answer-part.js'
import { type HttpField, isBytes, latin1 } from './field-bytes.js'
import type { GivenHead } from './given-request.js'
import { joined } from './joined.js'
import { LazyHead } from './lazy-head.js'

const TEXT: ValueType = { kind: 'string' }
const BYTES: ValueType = { kind: 'list', element: { kind: 'u8' } }
const NUMBER: ValueType = { kind: 'f64' }

/**
 * Requests that are whole, and what is answered to them at once, as values of shared memory: a text with a line for each thing
 * that is said, and bytes. No field has an end of a line in it, and in a message each would be an object of its own.
 */
export const packedHandle: FuncType = {
  kind: 'func',
  async: false,
  params: [
    { name: 'func', type: NUMBER },
    { name: 'exchange', type: NUMBER },
    { name: 'reuse', type: NUMBER },
    { name: 'field-bytes', type: NUMBER },
    { name: 'head', type: TEXT },
    { name: 'body', type: BYTES },
  ],
  result: { kind: 'tuple', items: [TEXT, BYTES] },
}

export type PackedAnswer = readonly [text: string, bytes: Uint8Array]

export function packHead({ method, scheme = '', authority = '', path, fields }: GivenHead): string {
  let text = `${method}\n${scheme}\n${authority}\n${path}`
  for (const [name, value] of fields) text += `\n${name}\n${value}`
  return text
}

export function unpackHead(text: string, body: Uint8Array, fieldBytes: number): IncomingHead {
  const [method = '', scheme, authority, path = '', ...rest] = text.split('\n')
  return new LazyHead(
    { method, scheme: scheme || undefined, authority: authority || undefined, path, fieldBytes, body },
    () => pairsOf(rest),
  )
}

export function packAnswer(pieces: readonly AnswerPiece[]): PackedAnswer {
  const lines: (string | number)[] = []
  const chunks: Uint8Array[] = []
  const add = (fields: FieldList) => {
    lines.push(fields.length)
    for (const [name, value] of fields) lines.push(name, latin1(value))
  }
  for (const piece of pieces) {
    lines.push(piece.kind)
    switch (piece.kind) {
      case 'informational':
      case 'head':
        lines.push(piece.status)
        add(piece.headers)
        break
      case 'bytes':
        lines.push(piece.bytes.length)
        chunks.push(piece.bytes)
        break
      case 'end':
        add(piece.trailers)
        break
      case 'failed':
        lines.push(piece.code.tag)
    }
  }
  return [lines.join('\n'), joined(chunks)]
}

/** In their order; undefined for what no plugin has answered: what did not fit came by message, which may be anything. */
export function partsOf(answer: unknown): readonly AnswerPart[] | undefined {
  const [text, bytes] = Array.isArray(answer) ? (answer as readonly unknown[]) : []
  if (typeof text !== 'string' || !isBytes(bytes)) return undefined
  const lines = new Lines(text)
  const parts: AnswerPart[] = []
  let taken = 0
  while (!lines.areOver) {
    const kind = lines.next()
    if (kind === 'informational' || kind === 'head')
      parts.push({ kind, status: lines.number(), fields: lines.fields() })
    else if (kind === 'bytes') {
      const end = taken + lines.number()
      if (end > bytes.length) return undefined
      parts.push({ kind, bytes: bytes.subarray(taken, end) })
      taken = end
    } else if (kind === 'end') parts.push({ kind, fields: lines.fields() })
    else if (kind === 'failed') parts.push({ kind, tag: lines.next() })
    else return undefined
  }
  return lines.isMissing ? undefined : parts
}

class Lines {
  readonly #lines: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#lines = text === '' ? [] : text.split('\n')
  }

  get areOver(): boolean {
    return this.#at >= this.#lines.length
  }

  /** Whether more were asked for than there are. */
  get isMissing(): boolean {
    return this.#at > this.#lines.length
  }

  next(): string {
    return this.#lines[this.#at++] ?? ''
  }

  /** A size or a status; what is none is as much as a line that is missing. */
  number(): number {
    const value = Number(this.next())
    if (Number.isSafeInteger(value) && value >= 0) return value
    this.#at = Number.POSITIVE_INFINITY
    return 0
  }

  fields(): HttpField[] {
    const count = this.number()
    const from = this.#at
    this.#at += 2 * count
    return pairsOf(this.#lines.slice(from, this.#at))
  }
}

function pairsOf(texts: readonly string[]): HttpField[] {
  const pairs: HttpField[] = []
  for (let i = 0; i + 1 < texts.length; i += 2) pairs.push([texts[i] as string, texts[i + 1] as string])
  return pairs
}
