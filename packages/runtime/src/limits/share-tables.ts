import { readSections, SectionId, sectionReader } from './core-sections.js'
import { type ClampLimits, readEntries, shareBudget, tables } from './ranges.js'

/**
 * The maximum of each table that each of the modules of a component defines, so that all of them together have no more
 * elements than `tableElements` where each module is instantiated once: what they start with is counted, and what they may
 * still grow is shared, small declared maxima first.
 *
 * @throws {LIMIT_EXCEEDED} the tables start larger than the limit, or are too many
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE}
 */
export function shareTables(modules: readonly Uint8Array[], limits: ClampLimits): readonly number[][] {
  const kind = tables(limits)
  const ranges = modules.map((bytes, module) =>
    readSections(bytes, module)
      .filter(({ id }) => id === SectionId.TABLE)
      .flatMap((section) => readEntries(sectionReader(bytes, section, module), kind))
      .map(({ range }) => range),
  )
  const maxima = shareBudget(ranges.flat(), kind)
  let from = 0
  return ranges.map(({ length }) => {
    from += length
    return maxima.slice(from - length, from)
  })
}
