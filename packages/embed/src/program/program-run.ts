import { errors } from '../errors/index.js'
import { joined } from '../http/joined.js'
import type { ResponseBody } from '../http/response-body.js'
import type { ProgramExchange } from './program-exchange.js'
import type { OutputOptions } from './program-input.js'

/** A program that runs. */
export interface ProgramRun {
  /** To be read once, while the program writes: one that is faster waits. Who stops reading lets the rest go. */
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /** From 0 to 255, when the program has ended; rejects where something else ended it. */
  readonly exitCode: Promise<number>
  /**
   * Reads both streams to their ends. Called again it gives what it gave.
   *
   * @throws {OPTIONS_INVALID}
   * @throws {OUTPUT_TAKEN} when one of them is read otherwise
   * @throws {OUTPUT_TOO_LARGE} when one of them has more than `maxBytes`, 16 MiB by default, and the program is ended; and what
   *   `exitCode` rejects with
   */
  output(options?: OutputOptions): Promise<ProgramOutput>
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

/** @param check what options of `output` have to pass */
export function programRun(
  exchange: ProgramExchange,
  check: (options: OutputOptions) => OutputOptions,
): ProgramRun {
  const { exitCode } = exchange
  const stdout = new ReadOnce(exchange, 'stdout')
  const stderr = new ReadOnce(exchange, 'stderr')
  let collected: Promise<ProgramOutput> | undefined
  const collect = async (maxBytes: number) => {
    const streams = [read(stdout, maxBytes), read(stderr, maxBytes)] as const
    exchange.collect(maxBytes)
    const [code, out, err] = await Promise.all([exitCode, ...streams])
    return { exitCode: code, stdout: out, stderr: err }
  }
  return {
    stdout,
    stderr,
    exitCode,
    async output(options = {}) {
      const { maxBytes = MAX_BYTES } = check(options)
      if (collected === undefined) {
        for (const stream of [stdout, stderr]) stream.refuseTaken()
        collected = collect(maxBytes)
      }
      return await collected
    },
    kill() {
      exchange.cancel(errors.CALL_ABORTED({}))
    },
  }
}

/** A stream for the first who asks: of two each would get a part. */
class ReadOnce implements AsyncIterable<Uint8Array> {
  readonly #stream: 'stdout' | 'stderr'
  readonly #body: ResponseBody
  #isTaken = false

  constructor(exchange: ProgramExchange, stream: 'stdout' | 'stderr') {
    this.#stream = stream
    this.#body = exchange[stream]
  }

  /** @throws {OUTPUT_TAKEN} */
  refuseTaken(): void {
    if (this.#isTaken) throw errors.OUTPUT_TAKEN({ stream: this.#stream })
  }

  /** @throws {OUTPUT_TAKEN} */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.refuseTaken()
    this.#isTaken = true
    return this.#body[Symbol.asyncIterator]()
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
  return joined(chunks)
}
