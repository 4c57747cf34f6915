import { errors } from '../errors/index.js'
import type { ProgramExchange } from './program-exchange.js'

/** A program that runs. */
export interface ProgramRun {
  /** To be read once, while the program writes: one that is faster waits. Who stops reading lets the rest go. */
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /** From 0 to 255, when the program has ended; rejects where something else ended it. */
  readonly exitCode: Promise<number>
  /**
   * Reads both streams to their ends.
   *
   * @throws {OUTPUT_TOO_LARGE} when one of them has more than `maxBytes`, 16 MiB by default, and the program is ended; and what
   *   `exitCode` rejects with
   */
  output(options?: { maxBytes?: number }): Promise<ProgramOutput>
  /** Ends the program; `exitCode` rejects with {CALL_ABORTED}, unless it has ended before. */
  kill(): void
}

/** A program that has ended. */
export interface ProgramOutput {
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

const MAX_BYTES = 16 << 20

export function programRun(exchange: ProgramExchange): ProgramRun {
  const { stdout, stderr, exitCode } = exchange
  return {
    stdout,
    stderr,
    exitCode,
    async output({ maxBytes = MAX_BYTES } = {}) {
      try {
        const [code, out, err] = await Promise.all([exitCode, read(stdout, maxBytes), read(stderr, maxBytes)])
        return { exitCode: code, stdout: out, stderr: err }
      } catch (error) {
        exchange.cancel(error)
        throw error
      }
    },
    kill() {
      exchange.cancel(errors.CALL_ABORTED({}))
    },
  }
}

async function read(output: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of output) {
    length += chunk.length
    if (length > maxBytes) throw errors.OUTPUT_TOO_LARGE({ maxBytes })
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
