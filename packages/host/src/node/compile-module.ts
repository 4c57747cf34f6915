import { inTurns } from '@wasm-plugin/embed'
import type { CoreModule } from '@wasm-plugin/runtime'
import { compileInThread } from './compile-thread.js'

/**
 * Compiles a large core module in another thread: the engine copies what it compiles before it returns, and finishes it
 * in the thread that asked. Answers undefined for what this thread may as well compile itself.
 *
 * Rejects with what the engine has against the module, or with the reason of `signal`.
 */
export async function compileModule(bytes: Uint8Array, signal: AbortSignal): Promise<CoreModule | undefined> {
  if (bytes.length < LARGE) return undefined
  const answer = await compileInThread(await inTurns(shared(bytes), signal), signal)
  if (answer === undefined || 'module' in answer) return answer?.module
  throw new Error(answer.refused)
}

/** Bytes that are copied in a few milliseconds. Below that the start of a thread costs more than it spares. */
const LARGE = 4 << 20

/** Bytes that are copied in one step. */
const CHUNK = 1 << 20

/** What a thread can read without a copy that is made in one go. */
function* shared(bytes: Uint8Array): Generator<void, Uint8Array<SharedArrayBuffer>> {
  const { buffer, byteOffset, length } = bytes
  if (buffer instanceof SharedArrayBuffer) return new Uint8Array(buffer, byteOffset, length)
  const copy = new Uint8Array(new SharedArrayBuffer(length))
  for (let at = 0; at < length; at += CHUNK) {
    copy.set(bytes.subarray(at, at + CHUNK), at)
    yield
  }
  return copy
}
