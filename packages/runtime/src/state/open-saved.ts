import { errors } from '../errors/index.js'
import { GLOBAL, LENGTH, type SavedHandle, type SavedHeader, type SavedMemory } from './saved-instance.js'

export interface SavedParts {
  readonly header: SavedHeader
  /** Of the globals. */
  readonly values: DataView
  /** Of all memories. */
  readonly pages: Uint8Array
}

/** Reads what was saved, and checks its form. @throws {SNAPSHOT_UNUSABLE} */
export function openSaved(bytes: Uint8Array): SavedParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < LENGTH) throw damaged()
  const behind = LENGTH + view.getUint32(0, true)
  if (behind > bytes.length) throw damaged()
  const header = headerOf(parsed(bytes.subarray(LENGTH, behind)))
  const pages = behind + header.globals * GLOBAL
  if (pages > bytes.length) throw damaged()
  return {
    header,
    values: new DataView(bytes.buffer, bytes.byteOffset + behind, header.globals * GLOBAL),
    pages: bytes.subarray(pages),
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw damaged()
  }
}

function headerOf(value: unknown): SavedHeader {
  const { memories, globals, handles } = recordOf(value)
  return {
    memories: listOf(memories, memoryOf),
    globals: countOf(globals),
    handles: listOf(handles, (table) => listOf(table, (entry) => (entry === null ? null : handleOf(entry)))),
  }
}

function memoryOf(value: unknown): SavedMemory {
  const { bytes, runs } = recordOf(value)
  const numbers = listOf(runs, countOf)
  if (numbers.length % 2 !== 0) throw damaged()
  return { bytes: countOf(bytes), runs: numbers }
}

function handleOf(value: unknown): SavedHandle {
  const [resource, representation, ...more] = listOf(value, (one) => one)
  const isKnown = typeof representation === 'string' || Number.isInteger(representation)
  if (!isKnown || more.length > 0) throw damaged()
  return [countOf(resource), representation as number | string]
}

/** Its own properties, whatever they are called. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged()
  return Object.assign(Object.create(null), value)
}

function listOf<T>(value: unknown, of: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw damaged()
  return value.map((item) => of(item))
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw damaged()
  return value as number
}

function damaged() {
  return errors.SNAPSHOT_UNUSABLE({ reason: 'it is damaged' })
}
