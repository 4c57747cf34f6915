import type { Steps } from '../binary/context.js'
import { errors } from '../errors/index.js'
import { ByteWriter } from './byte-writer.js'
import type { CoreReader } from './core-reader.js'
import { ExternKind, PREAMBLE_LENGTH, readSections, SectionId, sectionReader } from './core-sections.js'
import type { InstanceLimits } from './options.js'
import { plainNamesSteps } from './plain-names.js'
import { atOnce, copySteps } from './steps.js'
import { refuseUnboundedHeap } from './unbounded-heap.js'

export type ClampLimits = Pick<InstanceLimits, 'memoryBytes' | 'tableElements'>

/**
 * Rewrites a core module so that its memories and tables, defined and imported, cannot outgrow the limits:
 * each gets a maximum, and `memory.grow` or `table.grow` beyond it answers -1. The names that stacks show become
 * plain. All else is copied byte for byte; a module with nothing of all that is returned as it is.
 *
 * Each limit is the budget of all memories, or all tables, that the module defines: what they start with is
 * counted, and what they may still grow is shared, small declared maxima first. Rewritten modules link as the
 * originals did, because an import accepts an export whose maximum is not above its own: the export's only
 * shrinks, and the import's shrinks to no less than the limit, which no rewritten export is above.
 *
 * @param module index of the module in the component, for messages
 * @throws {LIMIT_EXCEEDED} the memories or tables start larger than the limit, or are too many
 * @throws {UNSUPPORTED_FEATURE} custom page sizes; garbage-collected types, whose heap has no limit; limits, types or
 *   imports of unknown form
 * @throws {INVALID_CORE_MODULE} the binary is damaged
 */
export function clampCoreModule(bytes: Uint8Array, limits: ClampLimits, module = 0): Uint8Array {
  return atOnce(clampSteps(bytes, limits, module))
}

/** The same in steps. */
export function* clampSteps(original: Uint8Array, limits: ClampLimits, module = 0): Steps<Uint8Array> {
  const sections = readSections(original, module)
  const bytes = yield* plainNamesSteps(original, sections, module)
  refuseUnboundedHeap(bytes, sections, module)
  if (!sections.some(({ id }) => rewriters.has(id))) return bytes
  const output = new ByteWriter(bytes.length + 64)
  output.bytes(bytes.subarray(0, PREAMBLE_LENGTH))
  for (const section of sections) {
    const rewrite = rewriters.get(section.id)
    if (rewrite === undefined) {
      yield* copySteps(output, bytes, { from: section.start, to: section.end })
      continue
    }
    const reader = sectionReader(bytes, section, module)
    const body = new ByteWriter(section.end - section.body + 16)
    rewrite(reader, body, limits)
    if (!reader.done) throw reader.malformed('section is longer than its entries')
    output.section(section.id, body.written)
  }
  return output.written
}

type Rewriter = (reader: CoreReader, output: ByteWriter, limits: ClampLimits) => void

const rewriters: ReadonlyMap<number, Rewriter> = new Map([
  [SectionId.IMPORT, rewriteImports],
  [SectionId.TABLE, (reader, output, limits) => rewriteDefinitions(reader, output, tables(limits))],
  [SectionId.MEMORY, (reader, output, limits) => rewriteDefinitions(reader, output, memories(limits))],
] as const)

/** What memories and tables differ in. */
interface Kind {
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

function memories(limits: ClampLimits): Kind {
  const budget = Math.floor(limits.memoryBytes / PAGE_BYTES)
  return { name: 'memory', limit: 'memoryBytes', budget, unit: PAGE_BYTES }
}

function tables(limits: ClampLimits): Kind {
  const budget = Math.floor(limits.tableElements)
  return { name: 'table', limit: 'tableElements', budget, unit: 1 }
}

function rewriteImports(reader: CoreReader, output: ByteWriter, limits: ClampLimits): void {
  let copied = reader.offset
  const clampImport = (kind: Kind): void => {
    if (kind.name === 'table') reader.skipValueType()
    output.copy(reader.bytes, copied, reader.offset)
    const range = readRange(reader, kind)
    checkBudget(range.min, kind)
    writeRange(output, range, Math.min(range.max ?? kind.budget, kind.budget))
    copied = reader.offset
  }
  for (let count = reader.u32(); count > 0; count--) {
    reader.skipName()
    reader.skipName()
    const kind = reader.u8()
    if (kind === ExternKind.TABLE) clampImport(tables(limits))
    else if (kind === ExternKind.MEMORY) clampImport(memories(limits))
    else reader.skipExternType(kind)
  }
  output.copy(reader.bytes, copied, reader.offset)
}

function rewriteDefinitions(reader: CoreReader, output: ByteWriter, kind: Kind): void {
  const entries: Entry[] = []
  for (let count = reader.u32(); count > 0; count--) {
    entries.push(readEntry(reader, kind))
    if (entries.length > MAX_DEFINITIONS)
      throw overLimit(`${kind.name} count`, entries.length, MAX_DEFINITIONS)
  }
  const maxima = shareBudget(
    entries.map(({ range }) => range),
    kind,
  )
  output.unsigned(entries.length)
  for (const [i, { range, type, initialiser }] of entries.entries()) {
    output.bytes(type)
    writeRange(output, range, maxima[i]!)
    output.bytes(initialiser)
  }
}

/** Limits in units of the budget. */
interface Range {
  readonly flags: number
  readonly min: number
  readonly max: number | null
}

interface Entry {
  readonly range: Range
  /** What stands before the limits: a table's element type. */
  readonly type: Uint8Array
  /** What stands after them: a table's initialiser expression. */
  readonly initialiser: Uint8Array
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
function shareBudget(ranges: readonly Range[], kind: Kind): number[] {
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

function readRange(reader: CoreReader, kind: Kind): Range {
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

function writeRange(output: ByteWriter, range: Range, max: number): void {
  output.byte(range.flags | HAS_MAX)
  output.unsigned(range.min)
  // A maximum below the minimum is invalid, and stays so.
  output.unsigned(range.max !== null && range.max < range.min ? range.max : max)
}

function checkBudget(units: number, kind: Kind): void {
  const { limit, budget, unit } = kind
  if (units > budget) throw overLimit(limit, units * unit, budget * unit)
}

function overLimit(limit: string, value: number, max: number) {
  return errors.LIMIT_EXCEEDED({ limit, value, max })
}
