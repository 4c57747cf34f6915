import { Buffer, isUtf8 } from 'node:buffer'
import type { ProgramRun } from '@wasm-plugin/host'
import { failures } from '../errors/index.js'

/** What a program wrote, as JSON can have it. */
export interface ProgramOutput {
  readonly stdout: string
  readonly stderr: string
  /** The bytes, where they are not UTF-8: the text has U+FFFD in the place of some. */
  readonly stdoutBase64?: string
  readonly stderrBase64?: string
}

/** Bytes of a stream that a document takes. */
const MAX_OUTPUT = 16 << 20

/**
 * Both streams of a program to their ends, or as far as it got: what ended it is for whoever waits for its exit code.
 *
 * @throws {DOCUMENT_TOO_LARGE} and the program is ended
 */
export async function readOutput(run: ProgramRun): Promise<ProgramOutput> {
  const read = (stream: 'stdout' | 'stderr') => {
    const pieces: Uint8Array[] = []
    return { pieces, done: readInto(pieces, run[stream]) }
  }
  const streams = { stdout: read('stdout'), stderr: read('stderr') }
  const isSmall = await Promise.all([streams.stdout.done, streams.stderr.done])
  if (isSmall.includes(false)) throw failures.DOCUMENT_TOO_LARGE({ maxBytes: MAX_OUTPUT })
  const [out, err] = [textOf(streams.stdout.pieces), textOf(streams.stderr.pieces)]
  return {
    stdout: out.text,
    ...(out.base64 !== undefined && { stdoutBase64: out.base64 }),
    stderr: err.text,
    ...(err.base64 !== undefined && { stderrBase64: err.base64 }),
  }

  /** False for a stream that is too large. */
  async function readInto(pieces: Uint8Array[], stream: AsyncIterable<Uint8Array>): Promise<boolean> {
    let bytes = 0
    try {
      for await (const piece of stream) {
        bytes += piece.length
        if (bytes > MAX_OUTPUT) {
          run.kill()
          return false
        }
        pieces.push(piece)
      }
    } catch {
      // What ended the program ends its streams, behind what it has written.
    }
    return true
  }
}

function textOf(pieces: readonly Uint8Array[]): { text: string; base64?: string } {
  const bytes = Buffer.concat(pieces)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return isUtf8(bytes) ? { text } : { text, base64: bytes.toString('base64') }
}
