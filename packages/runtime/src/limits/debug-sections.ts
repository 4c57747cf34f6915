import { readSections, SectionId, sectionReader } from './core-sections.js'

/** The table of lines, without which nothing else of DWARF leads to a place. */
const NAME = '.debug_line'

/** Whether a core module has debug information. @throws {INVALID_CORE_MODULE} */
export function hasDebugSections(bytes: Uint8Array, module: number): boolean {
  return readSections(bytes, module).some((section) => {
    if (section.id !== SectionId.CUSTOM || section.end - section.body <= NAME.length) return false
    const reader = sectionReader(bytes, section, module)
    if (reader.u32() !== NAME.length) return false
    return String.fromCharCode(...bytes.subarray(reader.offset, reader.offset + NAME.length)) === NAME
  })
}
