import { ByteWriter } from './byte-writer.js'
import { ExternKind, type Section, SectionId, sectionReader } from './core-sections.js'

type Kind = (typeof ExternKind)[keyof typeof ExternKind]

/** The exports of a core module, and more of them under names that nothing else in it has. */
export class ModuleExports {
  readonly #bytes: Uint8Array
  readonly #section: Section | undefined
  readonly #module: number
  /** Where a section of exports would be. */
  readonly #place: number
  /** By kind and index. */
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()
  readonly #added: { readonly name: string; readonly kind: Kind; readonly index: number }[] = []

  /** @throws {INVALID_CORE_MODULE} */
  constructor(bytes: Uint8Array, sections: readonly Section[], module: number) {
    this.#bytes = bytes
    this.#module = module
    this.#section = sections.find(({ id }) => id === SectionId.EXPORT)
    this.#place = sections.find(({ id }) => BEHIND_EXPORTS.has(id))?.start ?? bytes.length
    this.#read()
  }

  /** The name by which something is exported, which may be one of ours from now on. */
  nameOf(kind: Kind, index: number): string {
    const known = this.#names.get(`${kind} ${index}`)
    if (known !== undefined) return known
    let name = `${WORDS[kind]} ${index}`
    while (this.#taken.has(name)) name += "'"
    this.#taken.add(name)
    this.#names.set(`${kind} ${index}`, name)
    this.#added.push({ name, kind, index })
    return name
  }

  /** The module with all of them, which is the same where none came in addition. */
  written(): Uint8Array {
    const bytes = this.#bytes
    if (this.#added.length === 0) return bytes
    const section = this.#section
    const body = new ByteWriter()
    const old = section && sectionReader(bytes, section, this.#module)
    body.unsigned((old?.u32() ?? 0) + this.#added.length)
    if (old !== undefined) body.copy(bytes, old.offset, old.end)
    for (const { name, kind, index } of this.#added) {
      body.name(new TextEncoder().encode(name))
      body.byte(kind)
      body.unsigned(index)
    }
    const output = new ByteWriter(bytes.length + body.length + 8)
    output.bytes(bytes.subarray(0, section?.start ?? this.#place))
    output.section(SectionId.EXPORT, body.written)
    output.bytes(bytes.subarray(section?.end ?? this.#place))
    return output.written
  }

  #read(): void {
    if (this.#section === undefined) return
    const reader = sectionReader(this.#bytes, this.#section, this.#module)
    for (let count = reader.u32(); count > 0; count--) {
      const length = reader.u32()
      const from = reader.offset
      reader.skip(length)
      const name = utf8.decode(this.#bytes.subarray(from, reader.offset))
      const kind = reader.u8()
      this.#taken.add(name)
      this.#names.set(`${kind} ${reader.u32()}`, name)
    }
  }
}

/** As the engine reads names: a mark of the byte order is a part of it. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const WORDS: Readonly<Record<Kind, string>> = {
  [ExternKind.FUNC]: 'function',
  [ExternKind.TABLE]: 'table',
  [ExternKind.MEMORY]: 'memory',
  [ExternKind.GLOBAL]: 'global',
  [ExternKind.TAG]: 'tag',
}

const BEHIND_EXPORTS: ReadonlySet<number> = new Set([
  SectionId.START,
  SectionId.ELEMENT,
  SectionId.DATA_COUNT,
  SectionId.CODE,
  SectionId.DATA,
])
