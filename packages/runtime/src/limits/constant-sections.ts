import type { CoreReader } from './core-reader.js'
import { ExternKind, SectionId } from './core-sections.js'

/** Sections in which constant expressions stand. */
export function hasConstants(id: number): boolean {
  return id in walkers
}

/** Passes the entries of such a section, and of the exports, and stops at what a rewriter may want to change. */
export abstract class ConstantSections {
  constructor(protected readonly reader: CoreReader) {}

  /** Passes a constant expression, its `end` included. */
  protected abstract expression(): void

  /** An element segment has so many elements. */
  protected countElements(_count: number): void {}

  /** A data segment is copied to a memory when the module is instantiated. */
  protected countData(_length: number): void {}

  section(id: number): void {
    const { reader } = this
    const walk = walkers[id as keyof typeof walkers]
    for (let count = reader.u32(); count > 0; count--) this[walk]()
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
    const elements = reader.u32()
    this.countElements(elements)
    for (let count = elements; count > 0; count--) {
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
    const length = reader.u32()
    if (flags !== 1) this.countData(length)
    reader.skip(length)
  }
}

const walkers = {
  [SectionId.TABLE]: 'table',
  [SectionId.GLOBAL]: 'global',
  [SectionId.ELEMENT]: 'element',
  [SectionId.DATA]: 'data',
} as const
