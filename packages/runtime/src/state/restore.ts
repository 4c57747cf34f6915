import { HandleEntry } from '../abi/handles.js'
import type { Kept } from '../abi/kept.js'
import type { CoreMemory } from '../engine-types.js'
import { errors } from '../errors/index.js'
import { setBits } from './bits.js'
import { openSaved } from './open-saved.js'
import { GLOBAL, hasSomething, PAGE, type SavedHandle, type SavedMemory } from './saved-instance.js'

export interface Restoring {
  /** What was saved of an instance of the same build. */
  readonly bytes: Uint8Array
  /** The object of the host that has this name; undefined where there is none any more. */
  readonly objectOf: (name: string) => object | undefined
}

/**
 * Has an instance that was just made, and has not started, go on where another one was. What was saved may have been changed:
 * it becomes nothing that the guest could not have made of itself.
 *
 * @throws {SNAPSHOT_UNUSABLE}
 */
export function restoreState(
  { globals, states, resources }: Kept,
  memories: readonly CoreMemory[],
  { bytes, objectOf }: Restoring,
): void {
  const { header, values, pages } = openSaved(bytes)
  const isOfAnother =
    header.memories.length !== memories.length ||
    header.globals !== globals.length ||
    header.handles.length !== states.length
  if (isOfAnother) throw unusable('it is of another build')
  const entryOf = ([number, representation]: SavedHandle): HandleEntry => {
    const resource = resources[number]
    if (resource === undefined) throw unusable('it has a handle of no resource')
    const { name, owner, hostClass } = resource
    if ((typeof representation === 'string') !== (owner === null))
      throw unusable(`it has a ${name} that is none`)
    if (typeof representation === 'number') return new HandleEntry(resource, representation | 0, null)
    const object = objectOf(representation)
    if (object === undefined) throw unusable(`its ${name} is not there any more`)
    // Its class has the functions that the guest calls with it.
    if (hostClass === null || !(object instanceof hostClass)) throw unusable(`it has a ${name} that is none`)
    return new HandleEntry(resource, object, null)
  }
  for (const [i, saved] of header.handles.entries())
    states[i]!.handles.restore(saved.map((one) => one && entryOf(one)))
  let left = pages
  for (const [i, saved] of header.memories.entries()) left = restoreMemory(memories[i]!, saved, left)
  if (left.length > 0) throw unusable('it has more than it says')
  for (const [i, global] of globals.entries()) setBits(global, values.getBigInt64(i * GLOBAL, true))
}

/** Answers with the pages of the memories behind it. */
function restoreMemory(memory: CoreMemory, { bytes, runs }: SavedMemory, pages: Uint8Array): Uint8Array {
  const before = memory.buffer.byteLength
  if (bytes < before || bytes % WASM_PAGE !== 0) throw unusable('a memory has become smaller')
  if (bytes > before) grow(memory, (bytes - before) / WASM_PAGE)
  const all = new Uint8Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  // What the module itself has written there.
  const clear = (from: number, to: number) => {
    for (let page = from; page < Math.min(to, before / PAGE); page++)
      if (hasSomething(words, page)) all.fill(0, page * PAGE, (page + 1) * PAGE)
  }
  let done = 0
  let taken = 0
  for (let i = 0; i < runs.length; i += 2) {
    const [first, count] = [runs[i]!, runs[i + 1]!]
    const size = count * PAGE
    const isThere = first >= done && (first + count) * PAGE <= bytes && taken + size <= pages.length
    if (!isThere) throw unusable('its pages are not there')
    clear(done, first)
    all.set(pages.subarray(taken, taken + size), first * PAGE)
    done = first + count
    taken += size
  }
  clear(done, before / PAGE)
  return pages.subarray(taken)
}

const WASM_PAGE = 65_536

/** @throws {SNAPSHOT_UNUSABLE} it is more than the memory may have, or than the machine has */
function grow(memory: CoreMemory, pages: number): void {
  try {
    growBy(memory, pages)
  } catch (error) {
    throw unusable('there is no memory for it', error)
  }
}

/** One of 64-bit addresses is grown by a bigint. */
function growBy(memory: CoreMemory, pages: number): void {
  try {
    memory.grow(pages)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    memory.grow(BigInt(pages) as never)
  }
}

function unusable(reason: string, cause?: unknown) {
  return errors.SNAPSHOT_UNUSABLE({ reason }, cause)
}
