import type { Steps } from '../../binary/context.js'
import { errors } from '../../errors/index.js'
import { ByteWriter } from '../byte-writer.js'
import { ConstantSections } from '../constant-sections.js'
import type { CoreReader } from '../core-reader.js'
import { ExternKind, readSections, type Section, SectionId, sectionReader } from '../core-sections.js'
import { ModuleExports } from '../module-exports.js'
import { hiddenChange } from './fixed-code.js'

export interface ExportedGlobal {
  readonly name: string
  readonly type: NumberType
}

export type NumberType = 'i32' | 'i64' | 'f32' | 'f64'

/** The names by which a core module exports what it keeps beside its memories. */
export interface ModuleState {
  /** The globals that it defines and changes, in their order. */
  readonly globals: readonly ExportedGlobal[]
  /** Its start function, which runs no more by itself; null where it has none. */
  readonly start: string | null
}

/**
 * Has a core module export all that it keeps, so that an instance of it can be saved and another one continue where that was:
 * the globals that it changes. Its start function becomes one that is called by who instantiates it, since one that
 * continues has started already.
 *
 * @param module index of the module in the component, for messages
 * @throws {SNAPSHOT_UNSUPPORTED} it keeps something that cannot be read from outside
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE}
 */
export function* exportStateSteps(
  bytes: Uint8Array,
  module = 0,
): Steps<{ readonly bytes: Uint8Array; readonly state: ModuleState }> {
  const refuse = (what: string) => errors.SNAPSHOT_UNSUPPORTED({ reason: `core module ${module} ${what}` })
  const sections = readSections(bytes, module)
  const globals = new Globals()
  let start: number | undefined
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    if (section.id === SectionId.IMPORT) globals.passImports(reader, refuse)
    else if (section.id === SectionId.MEMORY) refuseShared(reader, refuse)
    else if (section.id === SectionId.GLOBAL) globals.read(reader, refuse)
    else if (section.id === SectionId.START) start = reader.u32()
  }
  const change = yield* hiddenChange(bytes, sections, module)
  if (change !== undefined) throw refuse(change)
  const exports = new ModuleExports(bytes, sections, module)
  const state: ModuleState = {
    globals: globals.changing.map(({ index, type }) => ({
      name: exports.nameOf(ExternKind.GLOBAL, index),
      type,
    })),
    start: start === undefined ? null : exports.nameOf(ExternKind.FUNC, start),
  }
  return { bytes: withoutStart(exports.written(), module), state }
}

type Refuse = (what: string) => Error

/** The globals of a module. */
class Globals {
  /** Those that it defines and changes. */
  readonly changing: { readonly index: number; readonly type: NumberType }[] = []
  #imported = 0

  passImports(reader: CoreReader, refuse: Refuse): void {
    for (let count = reader.u32(); count > 0; count--) {
      reader.skipName()
      reader.skipName()
      const kind = reader.u8()
      if (kind === ExternKind.MEMORY && isShared(reader)) throw refuse(SHARED)
      reader.skipExternType(kind)
      if (kind === ExternKind.GLOBAL) this.#imported++
    }
  }

  read(reader: CoreReader, refuse: Refuse): void {
    new Definitions(reader, (index, type, isMutable) => {
      if (!isMutable) return
      if (type === V128) throw refuse('keeps a vector in a global')
      if (type < V128) throw refuse('keeps a reference in a global')
      this.changing.push({ index: this.#imported + index, type: NUMBERS[0x7f - type]! })
    }).section(SectionId.GLOBAL)
  }
}

/** Codes of types: above are the numbers, below the references. */
const V128 = 0x7b
/** From the highest on. */
const NUMBERS = ['i32', 'i64', 'f32', 'f64'] as const

class Definitions extends ConstantSections {
  #index = 0

  constructor(
    reader: CoreReader,
    private readonly found: (index: number, type: number, isMutable: boolean) => void,
  ) {
    super(reader)
  }

  override global(): void {
    const { reader } = this
    const start = reader.offset
    const type = reader.bytes[start]!
    reader.skipValueType()
    this.found(this.#index++, type, reader.u8() === 1)
    reader.offset = start
    super.global()
  }

  protected expression(): void {
    this.reader.skipConstantExpression()
  }
}

const SHARED = 'has memory that threads share'
const SHARED_FLAG = 2

function isShared(reader: CoreReader): boolean {
  return ((reader.bytes[reader.offset] ?? 0) & SHARED_FLAG) !== 0
}

function refuseShared(reader: CoreReader, refuse: Refuse): void {
  for (let count = reader.u32(); count > 0; count--) {
    if (isShared(reader)) throw refuse(SHARED)
    reader.skipLimits()
  }
}

function withoutStart(bytes: Uint8Array, module: number): Uint8Array {
  const start: Section | undefined = readSections(bytes, module).find(({ id }) => id === SectionId.START)
  if (start === undefined) return bytes
  const output = new ByteWriter(bytes.length)
  output.bytes(bytes.subarray(0, start.start))
  output.bytes(bytes.subarray(start.end))
  return output.written
}
