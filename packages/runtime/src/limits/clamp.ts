import type { Steps } from '../binary/context.js'
import { ByteWriter } from './byte-writer.js'
import type { CoreReader } from './core-reader.js'
import { ExternKind, PREAMBLE_LENGTH, readSections, SectionId, sectionReader } from './core-sections.js'
import { plainNamesSteps } from './plain-names.js'
import {
  type ClampLimits,
  checkBudget,
  type Kind,
  memories,
  readEntries,
  readRange,
  shareBudget,
  tables,
  writeRange,
} from './ranges.js'
import { atOnce, copySteps } from './steps.js'
import { refuseUnboundedHeap } from './unbounded-heap.js'

/**
 * Rewrites a core module so that its memories and tables, defined and imported, cannot outgrow the limits:
 * each gets a maximum, and `memory.grow` or `table.grow` beyond it answers -1. The names that stacks show become
 * plain. All else is copied byte for byte; a module with nothing of all that is returned as it is.
 *
 * Each limit is the budget of all memories, or all tables, that the module defines: what they start with is
 * counted, and what they may still grow is shared, small declared maxima first. Where `tableMaxima` are given, tables
 * get those: the budget is shared with other modules, see `shareTables`. Rewritten modules link as the
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
export function* clampSteps(
  original: Uint8Array,
  limits: ClampLimits,
  module = 0,
  tableMaxima?: readonly number[],
): Steps<Uint8Array> {
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
    rewrite(reader, body, { ...limits, tableMaxima })
    if (!reader.done) throw reader.malformed('section is longer than its entries')
    output.section(section.id, body.written)
  }
  return output.written
}

interface Clamping extends ClampLimits {
  readonly tableMaxima: readonly number[] | undefined
}

type Rewriter = (reader: CoreReader, output: ByteWriter, limits: Clamping) => void

const rewriters: ReadonlyMap<number, Rewriter> = new Map([
  [SectionId.IMPORT, rewriteImports],
  [
    SectionId.TABLE,
    (reader, output, limits) => rewriteDefinitions(reader, output, tables(limits), limits.tableMaxima),
  ],
  [SectionId.MEMORY, (reader, output, limits) => rewriteDefinitions(reader, output, memories(limits))],
] as const)

function rewriteImports(reader: CoreReader, output: ByteWriter, limits: Clamping): void {
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

function rewriteDefinitions(
  reader: CoreReader,
  output: ByteWriter,
  kind: Kind,
  given?: readonly number[],
): void {
  const entries = readEntries(reader, kind)
  const ranges = entries.map(({ range }) => range)
  const maxima = given ?? shareBudget(ranges, kind)
  output.unsigned(entries.length)
  for (const [i, { range, type, initialiser }] of entries.entries()) {
    output.bytes(type)
    writeRange(output, range, maxima[i] ?? range.min)
    output.bytes(initialiser)
  }
}
