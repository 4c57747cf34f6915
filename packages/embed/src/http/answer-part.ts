import type { AnswerPiece } from '@wasm-plugin/wasi'
import { type HttpField, isBytes } from './field-bytes.js'
import { shownFields } from './given-request.js'

/** What a plugin says in an answer, as the application sees it. */
export type AnswerPart =
  | {
      readonly kind: 'informational' | 'head'
      readonly status: number
      readonly fields: readonly HttpField[]
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly fields: readonly HttpField[] }
  | { readonly kind: 'failed'; readonly tag: string }

/** Of a piece that came in a message; undefined for what is none. */
export function partOf(piece: AnswerPiece): AnswerPart | undefined {
  switch (piece.kind) {
    case 'informational':
    case 'head': {
      const fields = shownFields(piece.headers)
      return fields && { kind: piece.kind, status: piece.status, fields }
    }
    case 'bytes':
      return isBytes(piece.bytes) ? piece : undefined
    case 'end': {
      const fields = shownFields(piece.trailers)
      return fields && { kind: 'end', fields }
    }
    case 'failed':
      return { kind: 'failed', tag: String(piece.code.tag) }
    default:
      return undefined
  }
}
