import type { Steps } from '../../binary/context.js'
import { ByteWriter } from '../byte-writer.js'
import {
  ExternKind,
  PREAMBLE_LENGTH,
  readSections,
  type Section,
  SectionId,
  sectionReader,
} from '../core-sections.js'
import { copySteps } from '../steps.js'
import { type IndexSpaces, readIndexSpaces } from './index-spaces.js'

/** The export that has what a function has used, by its index among those that the module defines. */
export function counterExport(index: number): string {
  return `${PREFIX}${index}`
}

const PREFIX = 'wasm-plugin fuel '

/** The global of a function in a module that has them, before it is metered. */
export function counterGlobal(spaces: IndexSpaces, index: number): number {
  // They are the last.
  return spaces.importedGlobals + spaces.definedGlobals - spaces.definedFunctions.length + index
}

/**
 * Gives a core module an exported global for each function that it defines, in which metering adds up what the function uses.
 *
 * @param module index of the module in the component, for messages
 * @throws {UNSUPPORTED_FEATURE} an export of a reserved name
 */
export function* countFunctionsSteps(bytes: Uint8Array, module: number): Steps<Uint8Array> {
  const sections = readSections(bytes, module)
  const { importedGlobals, definedGlobals, definedFunctions } = readIndexSpaces(bytes, sections, { module })
  const count = definedFunctions.length
  if (count === 0) return bytes
  const output = new ByteWriter(bytes.length + count * 32)
  const readerOf = (section: Section | undefined) => section && sectionReader(bytes, section, module)
  const copied = (section: Section | undefined, entries: number) => {
    const reader = readerOf(section)
    const body = new ByteWriter()
    body.unsigned((reader?.u32() ?? 0) + entries)
    if (reader !== undefined) body.copy(bytes, reader.offset, reader.end)
    return body
  }
  const globals = function* (old?: Section): Steps<void> {
    const body = copied(old, count)
    for (let i = 0; i < count; i++) body.bytes(ZERO)
    output.section(SectionId.GLOBAL, body.written)
    yield
  }
  const exports = function* (old?: Section): Steps<void> {
    const reader = readerOf(old)
    for (let left = reader?.u32() ?? 0; reader !== undefined && left > 0; left--) {
      if (isReserved(bytes.subarray(reader.offset, reader.end)))
        throw reader.unsupported('a reserved export name')
      reader.skipName()
      reader.u8()
      reader.u32()
    }
    const body = copied(old, count)
    for (let i = 0; i < count; i++) {
      body.name(utf8.encode(counterExport(i)))
      body.byte(ExternKind.GLOBAL)
      body.unsigned(importedGlobals + definedGlobals + i)
      if (i % STEP === STEP - 1) yield
    }
    output.section(SectionId.EXPORT, body.written)
  }
  output.bytes(bytes.subarray(0, PREAMBLE_LENGTH))
  const due = new Map([
    [SectionId.GLOBAL as number, globals],
    [SectionId.EXPORT as number, exports],
  ])
  for (const section of sections) {
    for (const [id, write] of due)
      if (isBehind(section.id, id)) {
        due.delete(id)
        yield* write()
      }
    const write = due.get(section.id)
    due.delete(section.id)
    if (write !== undefined) yield* write(section)
    else yield* copySteps(output, bytes, { from: section.start, to: section.end })
  }
  return output.written
}

/** A mutable i64 that is zero at first. */
const ZERO = Uint8Array.of(0x7e, 0x01, 0x42, 0x00, 0x0b)
/** Exports that are written in one step. */
const STEP = 4_096

const utf8 = new TextEncoder()
const RESERVED = utf8.encode(PREFIX)

/** @param name with its length in front */
function isReserved(name: Uint8Array): boolean {
  // Of a name that is shorter than 128 bytes the length is one.
  return RESERVED.every((byte, i) => name[i + 1] === byte)
}

/** The sections from that of the globals on, in the order of a module. */
const ORDER: readonly number[] = [
  SectionId.GLOBAL,
  SectionId.EXPORT,
  SectionId.START,
  SectionId.ELEMENT,
  SectionId.DATA_COUNT,
  SectionId.CODE,
  SectionId.DATA,
]

function isBehind(id: number, other: number): boolean {
  return ORDER.indexOf(id) > ORDER.indexOf(other)
}
