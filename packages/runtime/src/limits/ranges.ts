import { errors } from '../errors/index.js'
import type { ByteWriter } from './byte-writer.js'
import type { CoreReader } from './core-reader.js'
import type { InstanceLimits } from './options.js'

export type ClampLimits = Pick<InstanceLimits, 'memoryBytes' | 'tableElements'>

/** What memories and tables differ in. */
export interface Kind {
  readonly name: 'memory' | 'table'
  readonly limit: keyof ClampLimits
  /** In pages of memory, or elements of tables. */
  readonly budget: number
  /** Bytes or elements of one unit of the budget. */
  readonly unit: number
}

const PAGE_BYTES = 65_536

/** More than any toolchain makes; each one reserves gigabytes of address space, however small it is. */
const MAX_DEFINITIONS = 64

export function memories(limits: ClampLimits): Kind {
  const budget = Math.floor(limits.memoryBytes / PAGE_BYTES)
  return { name: 'memory', limit: 'memoryBytes', budget, unit: PAGE_BYTES }
}

export function tables(limits: ClampLimits): Kind {
  const budget = Math.floor(limits.tableElements)
  return { name: 'table', limit: 'tableElements', budget, unit: 1 }
}

/** Limits in units of the budget. */
export interface Range {
  readonly flags: number
  readonly min: number
  readonly max: number | null
}

export interface Entry {
  readonly range: Range
  /** What stands before the limits: a table's element type. */
  readonly type: Uint8Array
  /** What stands after them: a table's initialiser expression. */
  readonly initialiser: Uint8Array
}

/** The definitions of a section. @throws {LIMIT_EXCEEDED} they are too many */
export function readEntries(reader: CoreReader, kind: Kind): Entry[] {
  const entries: Entry[] = []
  for (let count = reader.u32(); count > 0; count--) {
    entries.push(readEntry(reader, kind))
    if (entries.length > MAX_DEFINITIONS)
      throw overLimit(`${kind.name} count`, entries.length, MAX_DEFINITIONS)
  }
  return entries
}

function readEntry(reader: CoreReader, kind: Kind): Entry {
  const start = reader.offset
  // 0x40 0x00 announces a table with an initialiser.
  const initialised = kind.name === 'table' && reader.bytes[start] === 0x40
  if (initialised) reader.skip(2)
  if (kind.name === 'table') reader.skipValueType()
  const type = reader.bytes.subarray(start, reader.offset)
  const range = readRange(reader, kind)
  const expression = reader.offset
  if (initialised) reader.skipConstantExpression()
  return { range, type, initialiser: reader.bytes.subarray(expression, reader.offset) }
}

/** The maximum of each definition, so that all of them together stay within the budget. */
export function shareBudget(ranges: readonly Range[], kind: Kind): number[] {
  const initial = ranges.reduce((sum, { min }) => sum + min, 0)
  checkBudget(initial, kind)
  let spare = kind.budget - initial
  const wishes = ranges.map(({ min, max }, index) => ({
    index,
    growth: max === null ? spare : max < min ? 0 : max - min,
  }))
  wishes.sort((a, b) => a.growth - b.growth || a.index - b.index)
  const maxima = ranges.map(({ min }) => min)
  for (const [served, { index, growth }] of wishes.entries()) {
    const share = Math.min(growth, Math.floor(spare / (wishes.length - served)))
    maxima[index]! += share
    spare -= share
  }
  return maxima
}

const HAS_MAX = 1
const SHARED = 2
/** Indices of 64 bits. Limits are written alike for both widths. */
const INDEX_64 = 4

export function readRange(reader: CoreReader, kind: Kind): Range {
  const flags = reader.u8()
  if (flags > (HAS_MAX | SHARED | INDEX_64)) {
    throw reader.unsupported(
      kind.name === 'memory' ? 'a memory with a custom page size' : `table limits 0x${flags.toString(16)}`,
    )
  }
  // A shared memory without a maximum is invalid; adding one here would make it valid.
  if ((flags & SHARED) !== 0 && (flags & HAS_MAX) === 0) {
    throw reader.malformed(`shared ${kind.name} without a maximum`)
  }
  return { flags, min: reader.u64(), max: (flags & HAS_MAX) === 0 ? null : reader.u64() }
}

export function writeRange(output: ByteWriter, range: Range, max: number): void {
  output.byte(range.flags | HAS_MAX)
  output.unsigned(range.min)
  // A maximum below the minimum is invalid, and stays so.
  output.unsigned(range.max !== null && range.max < range.min ? range.max : max)
}

export function checkBudget(units: number, kind: Kind): void {
  const { limit, budget, unit } = kind
  if (units > budget) throw overLimit(limit, units * unit, budget * unit)
}

function overLimit(limit: string, value: number, max: number) {
  return errors.LIMIT_EXCEEDED({ limit, value, max })
}
