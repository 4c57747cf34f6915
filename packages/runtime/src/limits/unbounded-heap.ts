import { ExternKind, type Section, SectionId, sectionReader } from './core-sections.js'
import { readTypes, type TypeOutline } from './core-types.js'

/**
 * Refuses a core module that can allocate on the engine's own heap without end. Memories and tables have maxima;
 * structs, arrays, and exceptions that refer to other exceptions live where only the engine counts, and when that
 * heap is full the engine ends the whole process.
 *
 * @throws {UNSUPPORTED_FEATURE}
 */
export function refuseUnboundedHeap(bytes: Uint8Array, sections: readonly Section[], module: number): void {
  let types: TypeOutline[] = []
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    const checkTag = (index: number): void => {
      if (types[index]?.takesReferences) throw reader.unsupported('an exception that carries references')
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
        if (kind === ExternKind.TAG) checkTag(reader.tagType())
        else reader.skipExternType(kind)
      }
    } else if (section.id === SectionId.TAG) {
      for (let count = reader.u32(); count > 0; count--) checkTag(reader.tagType())
    }
  }
}
