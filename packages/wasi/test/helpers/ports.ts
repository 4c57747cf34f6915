import { createHash, randomFillSync } from 'node:crypto'
import { join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { GrantPorts } from '@wasm-plugin/wasi'
import type { InstancePorts } from '@wasm-plugin/wasi/instance'

const none = () => {
  throw new Error('there are no directories in this test')
}

/** Of a host without directories and without an environment. */
export const ports: GrantPorts & InstancePorts = {
  variable: () => undefined,
  paths: {
    join,
    absolute: (path) => resolve(path),
    real: none,
    place: (file) => resolve(file),
    isOrdinaryDirectory: none,
  },
  directories: { open: none, identify: () => undefined, isWindows: false },
  thread: threadId,
  monotonicNs: process.hrtime.bigint,
  fillRandom: (bytes) => randomFillSync(bytes),
  sha256: (text) => createHash('sha256').update(text).digest(),
  sleep: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  makeRecord: (_key, value) => value,
}
