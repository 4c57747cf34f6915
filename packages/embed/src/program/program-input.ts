import { isBody } from '../http/given-request.js'

/** What a program is given for one run. */
export interface ProgramInput {
  /** All that the program sees, its own name first. @default those of its grants */
  readonly args?: readonly string[]
  /** Variables, beside those of its grants and in the place of what is called the same. */
  readonly env?: Readonly<Record<string, string>>
  /** A text, bytes, or a stream of them that is read as the program reads; null for nothing. @default that of its grants */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array> | null
  /** `log`: what the program writes there is `log` events, as in any call. @default 'stream' */
  readonly stderr?: 'stream' | 'log'
}

/** How `output` of a run collects. */
export interface OutputOptions {
  /** Bytes that either stream may have. @default 16 MiB */
  readonly maxBytes?: number
}

/** Characters that are encoded at a time: a text may be long, and timers wait meanwhile. */
const PIECE = 64 << 10

/** A text as bytes, piece by piece. */
export async function* encoded(text: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = Math.min(from + PIECE, text.length)
    // Both halves of a character stay together.
    if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--
    yield encoder.encode(text.slice(from, to))
  }
}

/** Whether it is what a program may read. */
export function isInput(stdin: unknown): stdin is ProgramInput['stdin'] {
  return typeof stdin === 'string' || isBody(stdin)
}
