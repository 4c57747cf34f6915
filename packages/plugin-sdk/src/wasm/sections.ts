import { BinaryReader } from '@wasm-plugin/runtime/internal'

/** A section of a core module or component. */
export interface Section {
  /** 0 is a custom section, in both kinds of binary. */
  readonly id: number
  /** Contents without id and size, as a view of the binary. */
  readonly body: Uint8Array
}

const HEADER_BYTES = 8
const CUSTOM = 0
/** Longer than any name that a toolchain gives an import, an export or a section. */
export const MAX_NAME_BYTES = 100_000

/**
 * Splits a core module or component into its sections.
 *
 * @throws {MALFORMED_COMPONENT}
 */
export function readSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = []
  const reader = new BinaryReader(bytes, HEADER_BYTES)
  while (!reader.done) sections.push({ id: reader.u8(), body: reader.take(reader.u32()) })
  return sections
}

/** Puts sections behind the header of `like`: a core module stays one, and so does a component. */
export function writeSections(like: Uint8Array, sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [like.subarray(0, HEADER_BYTES)]
  for (const { id, body } of sections) parts.push(Uint8Array.of(id, ...leb(body.length)), body)
  return concatBytes(parts)
}

export function customSection(name: string, payload: Uint8Array): Section {
  return { id: CUSTOM, body: concatBytes([encodeName(name), payload]) }
}

/** Name and payload of a custom section; null for another. */
export function parseCustom({ id, body }: Section): { name: string; payload: Uint8Array } | null {
  if (id !== CUSTOM) return null
  const reader = new BinaryReader(body)
  return { name: reader.name(MAX_NAME_BYTES), payload: reader.take(reader.remaining) }
}

/** Payload of the first custom section of that name, or null. */
export function findCustomSection(bytes: Uint8Array, name: string): Uint8Array | null {
  for (const section of readSections(bytes)) {
    const custom = parseCustom(section)
    if (custom?.name === name) return custom.payload
  }
  return null
}

/** A UTF-8 string with its length in front. */
export function encodeName(name: string): Uint8Array {
  const text = new TextEncoder().encode(name)
  return concatBytes([Uint8Array.from(leb(text.length)), text])
}

/** Unsigned LEB128 of at most 32 bits. */
export function leb(value: number): number[] {
  const out: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...out, rest]
    out.push((rest & 0x7f) | 0x80)
  }
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
