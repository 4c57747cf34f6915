import type { ByteWriter } from '../byte-writer.js'
import type { CoreReader } from '../core-reader.js'
import { ExternKind, SectionId } from '../core-sections.js'
import { Op } from './costs.js'

/** Sections outside the code that name globals: in exports, and in constant expressions. */
export function movesGlobals(id: number): boolean {
  return rewriters.has(id)
}

/** Copies a section's body; global indices from `first` on become one higher. */
export function moveGlobals(
  reader: CoreReader,
  output: ByteWriter,
  options: { id: number; first: number },
): void {
  new GlobalMover(reader, output, options.first).section(options.id)
}

const rewriters: ReadonlyMap<number, (mover: GlobalMover) => void> = new Map([
  [SectionId.TABLE, (mover) => mover.table()],
  [SectionId.GLOBAL, (mover) => mover.global()],
  [SectionId.EXPORT, (mover) => mover.export()],
  [SectionId.ELEMENT, (mover) => mover.element()],
  [SectionId.DATA, (mover) => mover.data()],
] as const)

class GlobalMover {
  /** Up to here the section is in the output. */
  private copied: number

  constructor(
    private readonly reader: CoreReader,
    private readonly output: ByteWriter,
    private readonly first: number,
  ) {
    this.copied = reader.offset
  }

  section(id: number): void {
    const { reader, output } = this
    const entry = rewriters.get(id)!
    for (let count = reader.u32(); count > 0; count--) entry(this)
    output.copy(reader.bytes, this.copied, reader.offset)
    if (!reader.done) throw reader.malformed('section is longer than its entries')
  }

  table(): void {
    const { reader } = this
    const initialised = reader.bytes[reader.offset] === 0x40
    if (initialised) reader.skip(2)
    reader.skipExternType(ExternKind.TABLE)
    if (initialised) this.expression()
  }

  global(): void {
    this.reader.skipExternType(ExternKind.GLOBAL)
    this.expression()
  }

  export(): void {
    const { reader } = this
    reader.skipName()
    if (reader.u8() === ExternKind.GLOBAL) this.index()
    else reader.u32()
  }

  /** Bit 0: passive or declared; bit 1: with a table index, or declared; bit 2: expressions, not indices. */
  element(): void {
    const { reader } = this
    const flags = reader.u32()
    if (flags > 7) throw reader.unsupported(`the element segment form ${flags}`)
    const isActive = (flags & 1) === 0
    if (isActive && (flags & 2) !== 0) reader.u32()
    if (isActive) this.expression()
    if ((flags & 3) !== 0) {
      if ((flags & 4) === 0) reader.skip(1)
      else reader.skipValueType()
    }
    for (let count = reader.u32(); count > 0; count--) {
      if ((flags & 4) === 0) reader.u32()
      else this.expression()
    }
  }

  data(): void {
    const { reader } = this
    const flags = reader.u32()
    if (flags > 2) throw reader.unsupported(`the data segment form ${flags}`)
    if (flags === 2) reader.u32()
    if (flags !== 1) this.expression()
    reader.skipName()
  }

  private expression(): void {
    const { reader } = this
    for (;;) {
      const opcode = reader.opcode()
      if (opcode === Op.GLOBAL_GET) this.index()
      else reader.skipImmediates(opcode)
      if (opcode === Op.END) return
    }
  }

  private index(): void {
    const { reader, output } = this
    const at = reader.offset
    const index = reader.u32()
    if (index < this.first) return
    output.copy(reader.bytes, this.copied, at)
    output.unsigned(index + 1)
    this.copied = reader.offset
  }
}
