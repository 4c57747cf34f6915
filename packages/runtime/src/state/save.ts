import type { HandleEntry } from '../abi/handles.js'
import type { Kept } from '../abi/kept.js'
import type { RuntimeResource } from '../abi/resource.js'
import type { CoreMemory } from '../engine-types.js'
import { errors } from '../errors/index.js'
import { bitsOf } from './bits.js'
import {
  GLOBAL,
  hasSomething,
  LENGTH,
  MAX_HEAD,
  PAGE,
  type SavedHandle,
  type SavedHeader,
  type SavedMemory,
} from './saved-instance.js'

export interface SaveOptions {
  /** The name by which an object of the host is found again for another instance; undefined for one that is not. */
  readonly nameOf: (object: unknown) => string | undefined
  /** Bytes that its memories may have in it. */
  readonly maxBytes: number
}

/**
 * What an instance keeps that no call runs in.
 *
 * @throws {SNAPSHOT_REFUSED} it holds something of the host that is not found again, or it is more than may be saved
 */
export function saveState(
  { globals, states, resources }: Kept,
  memories: readonly CoreMemory[],
  { nameOf, maxBytes }: SaveOptions,
): Uint8Array<ArrayBuffer> {
  const numbers = new Map(resources.map((resource, i) => [resource, i]))
  const saved = ({ resource, representation, borrower, lends }: HandleEntry): SavedHandle => {
    const known = resource as RuntimeResource
    if (borrower !== null || lends > 0) throw refused(`"${known.name}" is lent`)
    const name = known.owner === null ? nameOf(representation) : (representation as number)
    if (name === undefined) throw refused(`"${known.name}" is open`)
    return [numbers.get(known)!, name]
  }
  // What is open keeps it from being saved most often, and is found without a look at the memory.
  const handles = states.map((state) => state.handles.save(saved))
  const pages = memories.map(pagesOf)
  const header: SavedHeader = { memories: pages, globals: globals.length, handles }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const before = LENGTH + text.length + globals.length * GLOBAL
  const length = before + pages.reduce((sum, { runs }) => sum + countOf(runs) * PAGE, 0)
  const content = length - before
  if (content > maxBytes || before > MAX_HEAD)
    throw refused(`it has ${length} bytes, and may have ${maxBytes} and what it takes to write them down`)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, text.length, true)
  bytes.set(text, LENGTH)
  for (const [i, global] of globals.entries())
    view.setBigInt64(LENGTH + text.length + i * GLOBAL, bitsOf(global), true)
  let at = before
  for (const [i, { buffer }] of memories.entries()) at = copyPages(bytes, at, { buffer, ...pages[i]! })
  return bytes
}

function pagesOf({ buffer }: CoreMemory): SavedMemory {
  const words = new Int32Array(buffer)
  const runs: number[] = []
  let count = 0
  const end = buffer.byteLength / PAGE
  for (let page = 0; page <= end; page++) {
    if (page < end && hasSomething(words, page)) count++
    else if (count > 0) {
      runs.push(page - count, count)
      count = 0
    }
  }
  return { bytes: buffer.byteLength, runs }
}

function countOf(runs: readonly number[]): number {
  return runs.reduce((sum, count, i) => (i % 2 === 0 ? sum : sum + count), 0)
}

function copyPages(
  target: Uint8Array,
  start: number,
  { buffer, runs }: SavedMemory & { readonly buffer: ArrayBufferLike },
): number {
  let at = start
  for (let i = 0; i < runs.length; i += 2) {
    const part = new Uint8Array(buffer, runs[i]! * PAGE, runs[i + 1]! * PAGE)
    target.set(part, at)
    at += part.length
  }
  return at
}

function refused(reason: string) {
  return errors.SNAPSHOT_REFUSED({ reason })
}
