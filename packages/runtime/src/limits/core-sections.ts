import { CoreReader } from './core-reader.js'

export const SectionId = {
  CUSTOM: 0,
  TYPE: 1,
  IMPORT: 2,
  FUNCTION: 3,
  TABLE: 4,
  MEMORY: 5,
  GLOBAL: 6,
  EXPORT: 7,
  START: 8,
  ELEMENT: 9,
  CODE: 10,
  DATA: 11,
  DATA_COUNT: 12,
  TAG: 13,
} as const

/** Kinds of imports and exports. */
export const ExternKind = { FUNC: 0, TABLE: 1, MEMORY: 2, GLOBAL: 3, TAG: 4 } as const

/** One section of a core module, as offsets into its bytes. */
export interface Section {
  readonly id: number
  /** Offset of the id byte. */
  readonly start: number
  /** Offset of the body. */
  readonly body: number
  readonly end: number
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
export const PREAMBLE_LENGTH = PREAMBLE.length

/**
 * The sections of a core module in binary order. Order and repetition are left to the engine.
 *
 * @throws {INVALID_CORE_MODULE} when the preamble is wrong or a section ends outside the module
 */
export function readSections(bytes: Uint8Array, module: number): Section[] {
  const reader = new CoreReader(bytes, module)
  for (const expected of PREAMBLE) {
    if (reader.u8() !== expected) throw reader.malformed('not a core module')
  }
  const sections: Section[] = []
  while (!reader.done) {
    const start = reader.offset
    const id = reader.u8()
    const size = reader.u32()
    const body = reader.offset
    reader.skip(size)
    sections.push({ id, start, body, end: reader.offset })
  }
  return sections
}

/** A reader of one section's body. */
export function sectionReader(bytes: Uint8Array, section: Section, module: number): CoreReader {
  return new CoreReader(bytes, module, section.body, section.end)
}
