import { CoreReader } from './core-reader.js'
import { type Section, SectionId, sectionReader } from './core-sections.js'

/** Subsection of the section `name`. */
const FUNCTION_NAMES = 1
/** Bytes of a name; the rest of a longer one is left out. */
const MAX_NAME = 1_024

/** What the section `name` calls the functions of a core module, by their indices; as far as it can be read. */
export function functionNames(
  bytes: Uint8Array,
  sections: readonly Section[],
  module: number,
): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const section of sections.filter(({ id }) => id === SectionId.CUSTOM)) {
    try {
      const reader = sectionReader(bytes, section, module)
      if (readName(reader) === 'name') readNames(reader, module, names)
    } catch {
      // A custom section of any content is valid.
    }
  }
  return names
}

function readNames(section: CoreReader, module: number, names: Map<number, string>): void {
  while (!section.done) {
    const id = section.u8()
    const size = section.u32()
    const { offset } = section
    section.skip(size)
    if (id !== FUNCTION_NAMES) continue
    const reader = new CoreReader(section.bytes, module, offset, section.offset)
    for (let count = reader.u32(); count > 0; count--) names.set(reader.u32(), readName(reader))
  }
}

function readName(reader: CoreReader): string {
  const length = reader.u32()
  const start = reader.offset
  reader.skip(length)
  return new TextDecoder().decode(reader.bytes.subarray(start, start + Math.min(length, MAX_NAME)))
}
