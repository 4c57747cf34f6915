import type { Steps } from '../../binary/context.js'
import { ByteWriter } from '../byte-writer.js'
import { isCodeMetadata } from '../code-metadata.js'
import { CoreReader } from '../core-reader.js'
import { PREAMBLE_LENGTH, readSections, type Section, SectionId, sectionReader } from '../core-sections.js'
import { atOnce, copySteps } from '../steps.js'
import { LEAF_COST } from './costs.js'
import { counterGlobal } from './count-functions.js'
import { Plan } from './edits.js'
import { emitBody } from './emit.js'
import { type IndexSpaces, readIndexSpaces } from './index-spaces.js'
import { moveGlobals, movesGlobals } from './move-globals.js'
import { type PlanContext, planFunction } from './plan.js'

/** Import that a metered module has in addition to its own: the counter, a mutable i64 global. */
export const fuelImport = Object.freeze({ module: 'wasm-plugin', name: 'fuel' })

/**
 * Rewrites a core module so that it consumes fuel: about one unit for each instruction it runs, more for the
 * expensive ones, and in proportion to the length for bulk instructions. When the counter falls below zero the
 * module traps; a trap cannot be caught by the guest. Equal input consumes equal fuel, on every engine.
 *
 * The counter is an added import, `fuelImport`, behind the module's own: one global for all modules of an
 * instance, so that they share one budget. It is charged at function entries and loop iterations; functions
 * with a loop that calls nothing keep it in a local meanwhile, so after a trap that is not `OUT_OF_FUEL` the
 * global may not show what the trapping function consumed last. A module without code is returned as it is.
 *
 * @param module index of the module in the component, for messages
 * @param counts whether each function adds up what it uses, in the globals that `countFunctionsSteps` has given to the module
 * @throws {UNSUPPORTED_FEATURE} an instruction or type of unknown form, `memory.atomic.wait`, or an import from
 *   the reserved module name
 * @throws {INVALID_CORE_MODULE} the binary is damaged
 */
export function meterCoreModule(bytes: Uint8Array, module = 0, counts = false): Uint8Array {
  return atOnce(meterSteps(bytes, module, counts))
}

/** The same in steps. */
export function* meterSteps(bytes: Uint8Array, module = 0, counts = false): Steps<Uint8Array> {
  const sections = readSections(bytes, module)
  const spaces = readIndexSpaces(bytes, sections, { module, reserved: fuelImport.module })
  if (!sections.some(({ id }) => id === SectionId.CODE)) return bytes
  return yield* new Meter(bytes, { module, spaces, counts }).rewrite(sections)
}

export interface Metering {
  readonly module: number
  readonly spaces: IndexSpaces
  readonly counts: boolean
}

/** A function body that is longer than this is not looked at as a leaf. */
const LEAF_BYTES = 4 * LEAF_COST

export class Meter implements PlanContext {
  private readonly output: ByteWriter
  private readonly plan = new Plan()
  /** Cost of each defined function that is not metered, -1 of the others. */
  private leaves: Int16Array
  private readonly module: number
  private readonly spaces: IndexSpaces
  private readonly counts: boolean

  constructor(
    private readonly bytes: Uint8Array,
    { module, spaces, counts }: Metering,
    /** Each function is written there first. */
    private readonly body = new ByteWriter(1 << 12),
  ) {
    this.module = module
    this.spaces = spaces
    this.counts = counts
    this.output = new ByteWriter(Math.ceil(bytes.length * 1.25) + 64)
    this.leaves = new Int16Array(spaces.definedFunctions.length).fill(-1)
  }

  get firstMovedGlobal(): number {
    return this.spaces.importedGlobals
  }

  calleeCost(index: number): number {
    const leaf = this.leaves[index - this.spaces.importedFunctions]
    // An import may be a leaf of another module.
    if (leaf === undefined) return LEAF_COST
    return Math.max(leaf, 0)
  }

  isMetered(index: number): boolean {
    return (this.leaves[index - this.spaces.importedFunctions] ?? -1) < 0
  }

  isWide(of: 'memory' | 'table', index: number): boolean {
    return (of === 'memory' ? this.spaces.wideMemories : this.spaces.wideTables)[index] ?? false
  }

  *rewrite(sections: readonly Section[]): Steps<Uint8Array> {
    const { bytes, output } = this
    output.bytes(bytes.subarray(0, PREAMBLE_LENGTH))
    let imported = false
    for (const section of sections) {
      if (!imported && section.id >= SectionId.IMPORT) {
        imported = true
        this.addImport(section)
        if (section.id === SectionId.IMPORT) continue
      }
      yield* this.section(section)
    }
    return output.written
  }

  /** Behind the module's own imports: the indices of its imported globals stay, the others move by one. */
  private addImport(section: Section): void {
    const body = new ByteWriter()
    if (section.id === SectionId.IMPORT) {
      const reader = this.reader(section)
      body.unsigned(reader.u32() + 1)
      body.copy(this.bytes, reader.offset, section.end)
    } else {
      body.unsigned(1)
    }
    const utf8 = new TextEncoder()
    body.name(utf8.encode(fuelImport.module))
    body.name(utf8.encode(fuelImport.name))
    body.bytes(Uint8Array.of(0x03, 0x7e, 0x01)) // global, i64, mutable
    this.output.section(SectionId.IMPORT, body.written)
  }

  private *section(section: Section): Steps<void> {
    const { bytes, output, spaces } = this
    if (section.id === SectionId.CODE) {
      yield* this.code(section)
    } else if (section.id === SectionId.CUSTOM && isCodeMetadata(this.reader(section))) {
      return
    } else if (spaces.definedGlobals > 0 && movesGlobals(section.id)) {
      const body = new ByteWriter(section.end - section.body + 16)
      moveGlobals(this.reader(section), body, { id: section.id, first: spaces.importedGlobals })
      output.section(section.id, body.written)
    } else {
      yield* copySteps(output, bytes, { from: section.start, to: section.end })
    }
  }

  private *code(section: Section): Steps<void> {
    const reader = this.reader(section)
    const count = reader.u32()
    if (count !== this.spaces.definedFunctions.length)
      throw reader.malformed('function and code counts differ')
    yield* this.findLeaves(section)
    const code = new ByteWriter(Math.ceil((section.end - section.body) * 1.25) + 64)
    code.unsigned(count)
    for (let i = 0; i < count; i++) {
      yield* this.function(this.bodyReader(reader), i)
      code.unsigned(this.body.length)
      code.bytes(this.body.written)
    }
    if (!reader.done) throw reader.malformed('section is longer than its entries')
    this.output.byte(SectionId.CODE)
    this.output.unsigned(code.length)
    yield* copySteps(this.output, code.written, { from: 0, to: code.length })
  }

  /** Needs all of them known before the first caller is planned. */
  *findLeaves(section: Section): Steps<void> {
    const reader = this.reader(section)
    const count = reader.u32()
    const leaves = this.leaves.slice()
    for (let i = 0; i < count; i++) {
      const body = this.bodyReader(reader)
      if (body.end - body.offset > LEAF_BYTES) continue
      skipLocals(body)
      yield* planFunction(body, this.plan, this)
      if (this.plan.leaf && this.plan.entryCost <= LEAF_COST) leaves[i] = this.plan.entryCost
    }
    this.leaves = leaves
  }

  /** Writes one function of a section whose leaves are known; answers with the offset of its body. */
  *writeFunction(section: Section, index: number): Steps<number> {
    const reader = this.reader(section)
    reader.u32()
    for (let i = 0; i < index; i++) this.bodyReader(reader)
    const body = this.bodyReader(reader)
    const { offset } = body
    yield* this.function(body, index)
    return offset
  }

  private *function(reader: CoreReader, index: number): Steps<void> {
    const { plan, body, spaces } = this
    const start = reader.offset
    const locals = skipLocals(reader)
    yield* planFunction(reader, plan, this)
    reader.offset = start
    body.length = 0
    yield* emitBody(body, reader, plan, {
      global: spaces.importedGlobals,
      own: this.counts ? counterGlobal(spaces, index) + 1 : undefined,
      firstLocal: (spaces.parameters[spaces.definedFunctions[index]!] ?? 0) + locals,
      metered: this.leaves[index]! < 0,
    })
  }

  private reader(section: Section): CoreReader {
    return sectionReader(this.bytes, section, this.module)
  }

  private bodyReader(reader: CoreReader): CoreReader {
    const size = reader.u32()
    const start = reader.offset
    reader.skip(size)
    return new CoreReader(this.bytes, this.module, start, reader.offset)
  }
}

/** Answers with the number of locals. */
function skipLocals(reader: CoreReader): number {
  let locals = 0
  for (let groups = reader.u32(); groups > 0; groups--) {
    locals += reader.u32()
    reader.skipValueType()
  }
  return locals
}
