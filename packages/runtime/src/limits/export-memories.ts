import { ByteWriter } from './byte-writer.js'
import type { CoreReader } from './core-reader.js'
import { ExternKind, readSections, type Section, SectionId, sectionReader } from './core-sections.js'

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
  const found = new Memories(bytes, module)
  for (const section of readSections(bytes, module)) found.section(section)
  const names = Array.from({ length: found.defined }, (_, i) => found.nameOf(found.imported + i))
  return { bytes: found.added.length === 0 ? bytes : withExports(bytes, found, module), names }
}

/** The memories of a module, with a name for each that has none. */
class Memories {
  imported = 0
  defined = 0
  readonly added: { readonly name: string; readonly index: number }[] = []
  exports: Section | undefined
  /** Where a section of exports would be. */
  place: number
  readonly #names = new Map<number, string>()
  readonly #taken = new Set<string>()

  constructor(
    readonly bytes: Uint8Array,
    readonly module: number,
  ) {
    this.place = bytes.length
  }

  section(section: Section): void {
    const { id, start } = section
    if (BEHIND_EXPORTS.has(id)) this.place = Math.min(this.place, start)
    const reader = sectionReader(this.bytes, section, this.module)
    if (id === SectionId.IMPORT) this.#import(reader)
    else if (id === SectionId.MEMORY) this.defined = reader.u32()
    else if (id === SectionId.EXPORT) {
      this.exports = section
      this.#export(reader)
    }
  }

  nameOf(index: number): string {
    const known = this.#names.get(index)
    if (known !== undefined) return known
    let name = `memory ${index}`
    while (this.#taken.has(name)) name += "'"
    this.#taken.add(name)
    this.added.push({ name, index })
    return name
  }

  #import(reader: CoreReader): void {
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      reader.skipName()
      const kind = reader.u8()
      reader.skipExternType(kind)
      if (kind === ExternKind.MEMORY) this.imported++
    }
  }

  #export(reader: CoreReader): void {
    for (let count = reader.u32(); count > 0; count--) {
      const length = reader.u32()
      const from = reader.offset
      reader.skip(length)
      const name = utf8.decode(this.bytes.subarray(from, reader.offset))
      const kind = reader.u8()
      const index = reader.u32()
      this.#taken.add(name)
      if (kind === ExternKind.MEMORY) this.#names.set(index, name)
    }
  }
}

function withExports(bytes: Uint8Array, { added, exports, place }: Memories, module: number): Uint8Array {
  const body = new ByteWriter()
  const old = exports && sectionReader(bytes, exports, module)
  body.unsigned((old?.u32() ?? 0) + added.length)
  if (old !== undefined) body.copy(bytes, old.offset, old.end)
  for (const { name, index } of added) {
    body.name(new TextEncoder().encode(name))
    body.byte(ExternKind.MEMORY)
    body.unsigned(index)
  }
  const output = new ByteWriter(bytes.length + body.length + 8)
  output.bytes(bytes.subarray(0, exports?.start ?? place))
  output.section(SectionId.EXPORT, body.written)
  output.bytes(bytes.subarray(exports?.end ?? place))
  return output.written
}

/** As the engine reads names: a mark of the byte order is a part of it. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const BEHIND_EXPORTS: ReadonlySet<number> = new Set([
  SectionId.START,
  SectionId.ELEMENT,
  SectionId.DATA_COUNT,
  SectionId.CODE,
  SectionId.DATA,
])
