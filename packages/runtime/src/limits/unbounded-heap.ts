import { ConstantSections } from './constant-sections.js'
import type { CoreReader } from './core-reader.js'
import { ExternKind, type Section, SectionId, sectionReader } from './core-sections.js'
import { readTypes, type TypeOutline } from './core-types.js'

/**
 * Refuses a core module that can allocate on the engine's own heap without end. Memories and tables have maxima;
 * structs, arrays, and exceptions that are stored or refer to other exceptions live where only the engine counts, and
 * when that heap is full the engine ends the whole process. Exceptions on the stack are bounded by the stack, as long as
 * each one is small.
 *
 * @throws {UNSUPPORTED_FEATURE}
 */
export function refuseUnboundedHeap(bytes: Uint8Array, sections: readonly Section[], module: number): void {
  let types: TypeOutline[] = []
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    const checkTag = (index: number): void => {
      const type = types[index]
      if (type?.takesReferences) throw reader.unsupported('an exception that carries references')
      if (type !== undefined && type.parameters > MAX_EXCEPTION_VALUES)
        throw reader.unsupported(`an exception of ${type.parameters} values`)
    }
    const checkStored = (what: string): void => {
      if (reader.isException()) throw reader.unsupported(`a ${what} of exceptions`)
    }
    if (section.id === SectionId.TYPE) {
      types = readTypes(reader)
      const heap = types.find(({ form }) => form !== 'function')
      if (heap !== undefined) throw reader.unsupported(`a garbage-collected ${heap.form} type`)
    } else if (section.id === SectionId.IMPORT) {
      for (let count = reader.u32(); count > 0; count--) {
        reader.skipName()
        reader.skipName()
        const kind = reader.u8()
        if (kind === ExternKind.TABLE) checkStored('table')
        else if (kind === ExternKind.GLOBAL) checkStored('global')
        if (kind === ExternKind.TAG) checkTag(reader.tagType())
        else reader.skipExternType(kind)
      }
    } else if (section.id === SectionId.TAG) {
      for (let count = reader.u32(); count > 0; count--) checkTag(reader.tagType())
    } else if (section.id === SectionId.TABLE || section.id === SectionId.GLOBAL) {
      new Stores(reader, checkStored).section(section.id)
    }
  }
}

/** The exceptions of C++ carry one value, a pointer; each value is 64 bytes of heap at most. */
const MAX_EXCEPTION_VALUES = 8

/** The tables and globals that a module defines. */
class Stores extends ConstantSections {
  constructor(
    reader: CoreReader,
    private readonly check: (what: string) => void,
  ) {
    super(reader)
  }

  override table(): void {
    const { reader } = this
    const start = reader.offset
    if (reader.bytes[start] === 0x40) reader.skip(2)
    this.check('table')
    reader.offset = start
    super.table()
  }

  override global(): void {
    this.check('global')
    super.global()
  }

  protected expression(): void {
    this.reader.skipConstantExpression()
  }
}
