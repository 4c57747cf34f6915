import type { ByteWriter } from '../byte-writer.js'
import { ConstantSections, hasConstants } from '../constant-sections.js'
import type { CoreReader } from '../core-reader.js'
import { ExternKind, SectionId } from '../core-sections.js'
import { Op } from './costs.js'

/** Sections outside the code that name globals: in exports, and in constant expressions. */
export function movesGlobals(id: number): boolean {
  return id === SectionId.EXPORT || hasConstants(id)
}

/** Copies a section's body; global indices from `first` on become one higher. */
export function moveGlobals(
  reader: CoreReader,
  output: ByteWriter,
  options: { id: number; first: number },
): void {
  new GlobalMover(reader, output, options.first).section(options.id)
}

class GlobalMover extends ConstantSections {
  /** Up to here the section is in the output. */
  private copied: number

  constructor(
    reader: CoreReader,
    private readonly output: ByteWriter,
    private readonly first: number,
  ) {
    super(reader)
    this.copied = reader.offset
  }

  override section(id: number): void {
    const { reader, output } = this
    if (id === SectionId.EXPORT) this.exports()
    else super.section(id)
    output.copy(reader.bytes, this.copied, reader.offset)
  }

  private exports(): void {
    const { reader } = this
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      if (reader.u8() === ExternKind.GLOBAL) this.index()
      else reader.u32()
    }
    if (!reader.done) throw reader.malformed('section is longer than its entries')
  }

  protected expression(): void {
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
