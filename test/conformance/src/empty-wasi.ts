import { createHash, randomFillSync } from 'node:crypto'
import { threadId } from 'node:worker_threads'
import type { ExternType } from '@wasm-plugin/runtime'
import { parseGrants } from '@wasm-plugin/wasi'
import { createGate, createWasi, type LogLine } from '@wasm-plugin/wasi/instance'

/**
 * WASI for an instance that is granted nothing: clocks run, there are no variables and no directories. Runtimes of
 * languages look at both before they run anything of the plugin's, so it has to be there.
 *
 * @param log Hears what the plugin prints.
 */
export function emptyWasi(
  imports: ReadonlyMap<string, ExternType>,
  log: (line: LogLine) => void = () => undefined,
): Record<string, object> {
  const grants = parseGrants({}, undefined, { variable: () => undefined, paths })
  const gate = createGate('plugin', grants, () => undefined)
  const wasi = createWasi({ plugin: 'plugin', gate, ports, services, log })
  const objects: Record<string, object> = {}
  for (const name of imports.keys()) {
    const object = wasi.get(name)
    if (object !== undefined) objects[name] = object
  }
  return objects
}

function none(): never {
  throw new Error('there are none here')
}

const paths = { join: none, absolute: none, real: none, place: none, isOrdinaryDirectory: none }
const services = { call: none }
/** Nobody ever wakes it. */
const sleeper = new Int32Array(new SharedArrayBuffer(4))
const ports = {
  directories: { open: none, identify: none, isWindows: false },
  thread: threadId,
  monotonicNs: process.hrtime.bigint,
  fillRandom: <T extends Uint8Array>(bytes: T): T => randomFillSync(bytes),
  sha256: (text: string) => createHash('sha256').update(text).digest(),
  sleep: (ms: number) => void Atomics.wait(sleeper, 0, 0, ms),
  makeRecord: (_key: string, value: Uint8Array) => value,
}
