import { ExternKind, readSections, SectionId, sectionReader } from './core-sections.js'
import { ModuleExports } from './module-exports.js'

/** A core module, and the names by which it exports the memories that it defines. */
export interface ExportedMemories {
  readonly bytes: Uint8Array
  readonly names: readonly string[]
}

/**
 * Has a core module export each memory that it defines, so that who runs it sees how large they are. Nearly every module
 * does so by itself, and is returned as it is.
 *
 * @param module index of the module in the component, for messages
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE}
 */
export function exportMemories(bytes: Uint8Array, module = 0): ExportedMemories {
  const sections = readSections(bytes, module)
  let imported = 0
  let defined = 0
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    if (section.id === SectionId.MEMORY) defined = reader.u32()
    if (section.id !== SectionId.IMPORT) continue
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      reader.skipName()
      const kind = reader.u8()
      reader.skipExternType(kind)
      if (kind === ExternKind.MEMORY) imported++
    }
  }
  const exports = new ModuleExports(bytes, sections, module)
  const names = Array.from({ length: defined }, (_, i) => exports.nameOf(ExternKind.MEMORY, imported + i))
  return { bytes: exports.written(), names }
}
