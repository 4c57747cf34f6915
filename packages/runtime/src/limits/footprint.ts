import { ConstantSections, hasConstants } from './constant-sections.js'
import type { CoreReader } from './core-reader.js'
import { ExternKind, readSections, SectionId, sectionReader } from './core-sections.js'

/** What one instance of a core module costs, beside its linear memories. */
export interface Footprint {
  /** Bytes of the engine's own heap that it can take at most, with its tables at their maximum. */
  readonly heapBytes: number
  /** Elements of its tables at their maximum. */
  readonly tableElements: number
  /** Bytes that are copied from the module to its memories when it is instantiated. */
  readonly dataBytes: number
}

/**
 * Bytes on the engine's heap, the most of what Node 20, 24 and 26 take. A function counts where its module may make an
 * object of it: a reference that is stored, or an export.
 */
const Bytes = {
  INSTANCE: 4_096,
  FUNCTION: 16,
  FUNCTION_OBJECT: 272,
  GLOBAL: 16,
  TABLE_ELEMENT: 40,
  SEGMENT_ELEMENT: 8,
  EXPORT: 400,
} as const

/**
 * Counts what each instance of a core module takes from the engine. Much of it is large and made in one piece, at a
 * moment that the module chooses; an allocation that finds no room then ends the process.
 *
 * @param bytes a module whose tables have maxima, see `clampCoreModule`
 * @param module index of the module in the component, for messages
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE}
 */
export function footprintOf(bytes: Uint8Array, module = 0): Footprint {
  const count = new Count()
  for (const section of readSections(bytes, module))
    count.section(section.id, sectionReader(bytes, section, module))
  const { heapBytes, tableElements, dataBytes } = count
  return { heapBytes, tableElements, dataBytes }
}

class Count {
  dataBytes = 0
  tableElements = 0
  private functions = 0
  private globals = 0
  private exports = 0
  private segmentElements = 0

  get heapBytes(): number {
    const references = Math.min(this.functions, this.segmentElements + this.globals)
    return (
      Bytes.INSTANCE +
      Bytes.FUNCTION * this.functions +
      Bytes.FUNCTION_OBJECT * references +
      Bytes.GLOBAL * this.globals +
      Bytes.TABLE_ELEMENT * this.tableElements +
      Bytes.SEGMENT_ELEMENT * this.segmentElements +
      Bytes.EXPORT * this.exports
    )
  }

  section(id: number, reader: CoreReader): void {
    if (id === SectionId.IMPORT) this.imports(reader)
    else if (id === SectionId.FUNCTION) this.functions += reader.u32()
    else if (id === SectionId.EXPORT) this.exports += reader.u32()
    else if (hasConstants(id)) this.entries(id, reader)
  }

  private imports(reader: CoreReader): void {
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      reader.skipName()
      const kind = reader.u8()
      reader.skipExternType(kind)
      if (kind === ExternKind.FUNC) this.functions++
      else if (kind === ExternKind.GLOBAL) this.globals++
    }
  }

  private entries(id: number, reader: CoreReader): void {
    const walker = new Entries(reader)
    walker.section(id)
    if (id === SectionId.GLOBAL) this.globals += walker.count
    else if (id === SectionId.TABLE) this.tableElements += walker.count
    else if (id === SectionId.ELEMENT) this.segmentElements += walker.count
    else this.dataBytes += walker.count
  }
}

/** Counts the globals, the elements of tables or of segments, or the bytes that are copied, of one section. */
class Entries extends ConstantSections {
  count = 0

  protected expression(): void {
    this.reader.skipConstantExpression()
  }

  override table(): void {
    const { reader } = this
    const start = reader.offset
    if (reader.bytes[start] === 0x40) reader.skip(2)
    reader.skipValueType()
    const hasMax = (reader.u8() & 1) !== 0
    const min = reader.u64()
    this.count += hasMax ? Math.max(min, reader.u64()) : min
    reader.offset = start
    super.table()
  }

  override global(): void {
    this.count++
    super.global()
  }

  protected override countElements(count: number): void {
    this.count += count
  }

  protected override countData(length: number): void {
    this.count += length
  }
}
