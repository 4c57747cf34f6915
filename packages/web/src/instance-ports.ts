import { sha256 } from '@noble/hashes/sha2.js'
import { createRecord } from '@wasm-plugin/embed/wire'
import { fsError } from '@wasm-plugin/wasi/gate'
import type { Directories, InstancePorts } from '@wasm-plugin/wasi/instance'

/**
 * What an instance runs on.
 *
 * @param thread 0 for the page itself, and a number that no other living thread has for another
 * @param directories none in the page itself, which cannot wait for them
 */
export function instancePorts(thread: number, directories: Directories = noDirectories): InstancePorts {
  return {
    directories,
    thread,
    monotonicNs: () => BigInt(Math.round(performance.now() * 1e6)),
    fillRandom,
    sha256: (text) => sha256(new TextEncoder().encode(text)),
    sleep: thread === 0 ? spin : sleep,
    makeRecord: (key, value) => createRecord(key, value),
  }
}

/** For a thread that has its plugin suspended while it waits for long. */
export function suspendingPorts(thread: number): InstancePorts {
  return { ...instancePorts(thread), pass }
}

const noDirectories: Directories = {
  open() {
    throw fsError('no-entry')
  },
  identify: () => undefined,
  isWindows: false,
}

/** Bytes that a browser gives at a time. */
const MOST_RANDOM = 65_536

function fillRandom<T extends Uint8Array>(bytes: T): T {
  for (let at = 0; at < bytes.length; at += MOST_RANDOM)
    crypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM) as Uint8Array<ArrayBuffer>)
  return bytes
}

/** A page must not be made to sleep, and its plugins wait for some milliseconds at most. */
function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Nobody ever wakes it. */
function sleep(ms: number): void {
  sleeper ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)
  Atomics.wait(sleeper, 0, 0, ms)
}

/** Memory that could be shared. A page that is not isolated from others has it too, as long as nobody else does. */
let sleeper: Int32Array | undefined

/** At most so long: whoever has to wait for longer does so again. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(Math.ceil(ms), 2 ** 31 - 1)))
}
