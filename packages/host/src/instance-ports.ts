import { threadId } from 'node:worker_threads'
import type { InstancePorts } from '@wasm-plugin/wasi/instance'
import { builtIn } from './node/built-in.js'
import { openDirectories } from './node/directories/open.js'
import { makeRecord } from './services/keyvalue/record.js'

/** Nobody ever wakes it: waiting on it is sleeping. */
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** What an instance in this thread runs on. */
export function instancePorts(): InstancePorts {
  return {
    directories: openDirectories(),
    thread: threadId,
    monotonicNs: process.hrtime.bigint,
    fillRandom: (bytes) => builtIn.crypto.randomFillSync(bytes),
    sha256: (text) => builtIn.crypto.createHash('sha256').update(text).digest(),
    sleep: (ms) => void Atomics.wait(sleeper, 0, 0, ms),
    makeRecord,
  }
}
