import { threadId, workerData } from 'node:worker_threads'
import { ComponentError } from '@wasm-plugin/runtime'
import type { GrantSet } from '@wasm-plugin/wasi'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { threadFiles } from './thread-files.js'

/** One of several instances of a plugin, which changes the files of its grants at random: so often, or until it is ended. */
const { grants, ruleState, steps, seed, done } = workerData as {
  grants: GrantSet
  ruleState: SharedArrayBuffer
  steps: number
  seed: number
  /** Counts what this thread has done. */
  done: Int32Array
}

let state = seed + threadId
const random = (below: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % below
}
const NAMES = ['a', 'b', 'c', 'd', 'sub', 'sub/a', 'sub/b']
const MAX_OPEN = 6
const FOLLOW = { symlinkFollow: true }
const flags = (of: string) => ({ read: true, write: of.includes('w') }) as never

const { roots, dispose } = threadFiles(grants, ruleState)
const open: Descriptor[] = []

const root = () => roots[random(roots.length)] as Descriptor
const name = () => NAMES[random(NAMES.length)] as string
const file = () => open[random(open.length)]
const STEPS = [
  () => {
    if (open.length >= MAX_OPEN) open.splice(random(open.length), 1)[0]?.[Symbol.dispose]()
    const create = random(3) > 0
    const truncate = random(3) === 0
    open.push(
      root().openAt(FOLLOW, name(), { create, truncate, directory: false, exclusive: false }, flags('rw')),
    )
  },
  () => file()?.write(new Uint8Array(random(9_000)), BigInt(random(9_000))),
  () => file()?.write(new Uint8Array(random(9_000)), BigInt(random(9_000))),
  () => file()?.setSize(BigInt(random(12_000))),
  () => open.splice(random(open.length), 1)[0]?.[Symbol.dispose](),
  () => root().unlinkFileAt(name()),
  () => root().renameAt(name(), root(), name()),
  () => root().linkAt({ symlinkFollow: false }, name(), root(), name()),
  () => root().symlinkAt('a', name()),
  () => root().createDirectoryAt('sub'),
  () => root().removeDirectoryAt('sub'),
]

for (let i = 0; i < steps; i++) {
  try {
    STEPS[random(STEPS.length)]?.()
  } catch (error) {
    if (!ComponentError.is(error)) throw error
  }
  Atomics.add(done, 0, 1)
}
for (const one of open) one[Symbol.dispose]()
dispose()
