import { ExternKind, type Section, SectionId, sectionReader } from './core-sections.js'

/** The functions that a core module exports, by their indices, with a name of each. */
export function exportedFunctions(
  bytes: Uint8Array,
  sections: readonly Section[],
  module: number,
): ReadonlyMap<number, string> {
  const exported = new Map<number, string>()
  for (const section of sections.filter(({ id }) => id === SectionId.EXPORT)) {
    const reader = sectionReader(bytes, section, module)
    for (let count = reader.u32(); count > 0; count--) {
      const length = reader.u32()
      const from = reader.offset
      reader.skip(length)
      const kind = reader.u8()
      const index = reader.u32()
      if (kind !== ExternKind.FUNC || exported.has(index)) continue
      exported.set(index, utf8.decode(bytes.subarray(from, Math.min(from + length, from + MAX_NAME))))
    }
  }
  return exported
}

/** Bytes of a name that are read. */
const MAX_NAME = 1_024

const utf8 = new TextDecoder()
