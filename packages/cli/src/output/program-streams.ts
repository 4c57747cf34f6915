import { showLines } from '@wasm-plugin/runtime/text'
import type { Io } from './streams.js'

export interface ProgramStreams {
  /** What comes in, from when it is read. */
  readonly stdin: AsyncIterable<Uint8Array>
  /** Bytes as they are, but what a terminal would act on is shown. Resolves when more may come. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>
}

/** The streams of the process, as a program gets them that runs in its place. A terminal acts on nothing that it writes. */
export function programStreams(io: Io): ProgramStreams {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return {
    stdin: io.stdin ?? nothing(),
    async write(stream, bytes) {
      if (io[stream].isTTY !== true && io.writeBytes !== undefined) return await io.writeBytes(stream, bytes)
      io[stream].write(showLines(decoders[stream].decode(bytes, { stream: true })))
    },
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
