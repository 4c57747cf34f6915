import { ExternKind, type Section, SectionId, sectionReader } from './core-sections.js'

/** The indices of the functions that a core module exports. */
export function exportedFunctions(
  bytes: Uint8Array,
  sections: readonly Section[],
  module: number,
): ReadonlySet<number> {
  const exported = new Set<number>()
  for (const section of sections.filter(({ id }) => id === SectionId.EXPORT)) {
    const reader = sectionReader(bytes, section, module)
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      const kind = reader.u8()
      const index = reader.u32()
      if (kind === ExternKind.FUNC) exported.add(index)
    }
  }
  return exported
}
