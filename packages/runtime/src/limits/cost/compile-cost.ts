import type { Steps } from '../../binary/context.js'
import { errors } from '../../errors/index.js'
import { CoreReader } from '../core-reader.js'
import { readSections, SectionId, sectionReader } from '../core-sections.js'
import { Op } from '../fuel/costs.js'
import { plainShapes, Shape } from '../opcodes.js'
import { type Arities, type Arity, readArities } from './arities.js'
import { plainEffects, prefixedEffects } from './stack-effects.js'

/**
 * What one function may cost: six times the most that was found in any component, and a tenth of a second of an engine
 * that compiles without optimising.
 */
const MAX_FUNCTION = 8_000_000

/** Of what is passed in one step. Engines take 65_520 targets, and keep a few hundred bytes for each block that is open. */
const MAX_COUNT = 65_520

export interface CompileCost {
  /** Of all functions. */
  readonly total: number
  /** Offsets behind the instructions that may take milliseconds each, see `interruptibleSteps`. */
  readonly long: readonly number[]
}

/**
 * Counts what an engine has to do to validate and to compile each function of a core module, which is not in proportion
 * to its bytes: a branch takes two of them, and work for every local, operand and parameter of its block. An engine cannot
 * be interrupted in the middle of a function, and the code that it makes counts against no limit of a plugin.
 *
 * The unit is one value that is looked at.
 *
 * @param module index of the module in the component, for messages
 * @throws {COMPILE_COST_EXCEEDED} one function costs too much
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE} the code cannot be read
 */
export function* compileCostSteps(bytes: Uint8Array, module: number): Steps<CompileCost> {
  const sections = readSections(bytes, module)
  const arities = readArities(bytes, sections, module)
  const long: number[] = []
  let total = 0
  for (const section of sections) {
    if (section.id !== SectionId.CODE) continue
    const reader = sectionReader(bytes, section, module)
    const count = reader.u32()
    for (let i = 0; i < count; i++) {
      const size = reader.u32()
      const start = reader.offset
      reader.skip(size)
      const walk = new Walk(new CoreReader(bytes, module, start, reader.offset), { arities, index: i, long })
      while (walk.step()) yield
      total += walk.cost
      if (i % FUNCTIONS_PER_STEP === 0) yield
    }
  }
  return { total, long }
}

const FUNCTIONS_PER_STEP = 256
const INSTRUCTIONS_PER_STEP = 16_384

/** A block that is open. */
interface Level {
  /** Operands below its own. */
  readonly base: number
  readonly type: Arity
  /** Values that a branch to it carries. */
  readonly label: number
  /** Whether it is in code that cannot run, which the engine does not compile. */
  readonly inDead: boolean
  /** The `br_table` that counted it last. */
  counted: number
}

const VOID: Arity = { parameters: 0, results: 0 }
const VALUE: Arity = { parameters: 0, results: 1 }

class Walk {
  cost: number
  private readonly arities: Arities
  private readonly index: number
  private readonly long: number[]
  private readonly locals: number
  private readonly levels: Level[] = []
  private height = 0
  /** Operands below those of the innermost block. */
  private base = 0
  private dead = false

  constructor(
    private readonly reader: CoreReader,
    { arities, index, long }: { arities: Arities; index: number; long: number[] },
  ) {
    this.arities = arities
    this.index = index
    this.long = long
    const type = arities.ofDefined(index)
    let locals = type.parameters
    for (let groups = this.few(reader.u32(), 'groups of locals'); groups > 0; groups--) {
      locals += reader.u32()
      reader.skipValueType()
    }
    this.locals = locals
    this.cost = locals + type.results
    this.open({ parameters: 0, results: type.results }, false)
  }

  /** Passes some instructions; false at the end. */
  step(): boolean {
    for (let left = INSTRUCTIONS_PER_STEP; left > 0 && this.levels.length > 0; left--) {
      left -= this.straight(left)
      this.instruction()
    }
    if (this.cost > MAX_FUNCTION)
      throw errors.COMPILE_COST_EXCEEDED({
        module: this.reader.module,
        func: this.arities.imported + this.index,
        value: this.cost,
        max: MAX_FUNCTION,
      })
    return this.levels.length > 0
  }

  /**
   * Passes at most so many instructions that do nothing but change the stack, as most do, up to one that does more or
   * has to be looked at closely. Code has millions of them, so this is written for speed.
   */
  private straight(max: number): number {
    const { reader, locals, base } = this
    const { bytes, end } = reader
    let { cost, height } = this
    let at = reader.offset
    let count = 0
    for (; count < max; count++) {
      const opcode = bytes[at]!
      let next = at + 1
      switch (SIMPLE[opcode]) {
        case Simple.ALONE:
          break
        case Simple.INDEX:
          next = behind(bytes, next, 4)
          break
        case Simple.CONSTANT:
          next = behind(bytes, next, 5)
          break
        case Simple.FLOAT32:
          next += 4
          break
        case Simple.FLOAT64:
          next += 8
          break
        case Simple.ACCESS:
          next = bytes[next]! < 0x40 ? behind(bytes, next + 1, 4) : LOOK
          break
        default:
          next = LOOK
      }
      if (next > end) break
      cost += 1 + ((locals + height) >>> IN_PASSING)
      height += plainEffects[opcode]!
      if (height < base) height = base
      at = next
    }
    reader.offset = at
    this.cost = cost
    this.height = height
    return count
  }

  private instruction(): void {
    const { reader } = this
    const opcode = reader.opcode()
    this.cost += 1 + ((this.locals + this.height) >>> IN_PASSING)
    switch (opcode) {
      case Op.BLOCK:
      case Op.TRY:
        this.enter(this.blockType(), false)
        return
      case Op.LOOP:
        this.enter(this.blockType(), true)
        return
      case Op.IF:
        this.height--
        this.enter(this.blockType(), false)
        return
      case Op.TRY_TABLE:
        this.tryTable()
        return
      case Op.ELSE:
        this.branch(this.top.type.results)
        this.restart(this.top.type.parameters)
        return
      case Op.CATCH:
        this.branch(this.top.type.results)
        this.restart(this.arities.ofTag(reader.u32()))
        return
      case Op.CATCH_ALL:
        this.branch(this.top.type.results)
        this.restart(0)
        return
      case Op.DELEGATE:
      case Op.END:
        reader.skipImmediates(opcode)
        this.close()
        return
      case Op.BR:
        this.branch(this.level(reader.u32()).label)
        this.die()
        return
      case Op.BR_IF:
        this.height--
        this.branch(this.level(reader.u32()).label)
        return
      case Op.BR_ON_NULL:
      case Op.BR_ON_NON_NULL:
        this.branch(this.level(reader.u32()).label)
        if (opcode === Op.BR_ON_NON_NULL) this.height--
        return
      case Op.BR_ON_CAST:
      case Op.BR_ON_CAST_FAIL:
        reader.skip(1)
        this.branch(this.level(reader.u32()).label)
        reader.skipHeapType()
        reader.skipHeapType()
        return
      case Op.BR_TABLE:
        this.branchTable(reader.offset)
        return
      case Op.RETURN:
      case Op.UNREACHABLE:
      case Op.THROW:
      case Op.RETHROW:
      case Op.THROW_REF:
        reader.skipImmediates(opcode)
        this.branch(this.levels[0]!.label)
        this.die()
        return
      case Op.CALL:
        this.call(this.arities.ofFunction(reader.u32()))
        return
      case Op.RETURN_CALL:
        this.call(this.arities.ofFunction(reader.u32()))
        this.die()
        return
      case Op.CALL_INDIRECT:
      case Op.CALL_REF:
      case Op.RETURN_CALL_INDIRECT:
      case Op.RETURN_CALL_REF: {
        const start = reader.offset
        const type = this.arities.ofType(reader.u32())
        reader.offset = start
        reader.skipImmediates(opcode)
        this.height--
        this.call(type)
        if (opcode === Op.RETURN_CALL_INDIRECT || opcode === Op.RETURN_CALL_REF) this.die()
        return
      }
      default:
        reader.skipImmediates(opcode)
        if (LONG.has(opcode)) this.long.push(reader.offset)
        this.change(
          opcode < 0x100
            ? plainEffects[opcode]!
            : (prefixedEffects.get(opcode >>> 16)?.[opcode & 0xffff] ?? 0),
        )
    }
  }

  private get top(): Level {
    return this.levels.at(-1)!
  }

  private level(depth: number): Level {
    const level = this.levels[this.levels.length - 1 - depth]
    if (level === undefined) throw this.reader.malformed(`there is no label ${depth}`)
    return level
  }

  private blockType(): Arity {
    const { reader } = this
    const code = reader.bytes[reader.offset] ?? 0
    if (code === 0x40) {
      reader.skip(1)
      return VOID
    }
    if (code < 0x40 || code >= 0x80) return this.arities.ofType(reader.s33())
    reader.skipValueType()
    return VALUE
  }

  private enter(type: Arity, isLoop: boolean): void {
    this.branch(type.parameters + type.results)
    this.change(-type.parameters)
    this.open(type, isLoop)
  }

  private open(type: Arity, isLoop: boolean): void {
    const { levels, height, dead } = this
    this.few(levels.length, 'blocks in each other')
    const label = isLoop ? type.parameters : type.results
    levels.push({ base: height, type, label, inDead: dead, counted: -1 })
    this.base = height
    this.height = height + type.parameters
  }

  /** Another arm of the block begins. */
  private restart(height: number): void {
    this.dead = this.top.inDead
    this.height = this.base + height
  }

  private close(): void {
    const { base, type, inDead } = this.levels.pop()!
    this.dead = inDead
    this.base = this.levels.at(-1)?.base ?? 0
    this.height = base + type.results
    this.branch(type.results)
  }

  private tryTable(): void {
    const { reader } = this
    const type = this.blockType()
    for (let count = this.few(reader.u32(), 'catch clauses'); count > 0; count--) {
      const kind = reader.catchKind()
      this.branch(kind < 2 ? this.arities.ofTag(reader.u32()) : 0)
      this.level(reader.u32())
    }
    this.enter(type, false)
  }

  /** The engine writes the way to each label once. */
  private branchTable(at: number): void {
    const { reader } = this
    this.height--
    for (let count = this.few(reader.u32(), 'targets of a branch'); count >= 0; count--) {
      const level = this.level(reader.u32())
      this.cost++
      if (level.counted === at) continue
      level.counted = at
      this.branch(level.label)
    }
    this.die()
  }

  private call({ parameters, results }: Arity): void {
    this.cost += CARRIED * (parameters + results) + ((this.locals + this.height) >>> AT_CALLS)
    this.cost += Math.floor((parameters * parameters + results * results) / EACH_OTHER)
    this.change(results - parameters)
  }

  /** Control goes elsewhere with so many values. */
  private branch(values: number): void {
    this.cost += CARRIED * values + (this.dead ? 0 : this.locals + this.height)
  }

  private few(count: number, what: string): number {
    if (count > MAX_COUNT) throw this.reader.unsupported(`a function with ${count} ${what}`)
    return count
  }

  private die(): void {
    this.dead = true
    this.height = this.base
  }

  private change(by: number): void {
    this.height = Math.max(this.base, this.height + by)
  }
}

/** A value that is carried along is moved, not only looked at. */
const CARRIED = 8
/** A call looks for the values that have to be saved, and for references. */
const AT_CALLS = 2
/** The parameters of a call, and its results, compete for registers. */
const EACH_OTHER = 16
/** Any other instruction may need a register that a value far down has. */
const IN_PASSING = 6

/** What takes as long as a length on the stack says, or maps memory. */
const LONG: ReadonlySet<number> = new Set([
  Op.MEMORY_GROW,
  Op.MEMORY_INIT,
  Op.MEMORY_COPY,
  Op.MEMORY_FILL,
  Op.TABLE_INIT,
  Op.TABLE_COPY,
  Op.TABLE_GROW,
  Op.TABLE_FILL,
])

/** What follows an opcode that does nothing but change the stack. */
const Simple = { OTHER: 0, ALONE: 1, INDEX: 2, CONSTANT: 3, FLOAT32: 4, FLOAT64: 5, ACCESS: 6 } as const

const SIMPLE_SHAPES: Readonly<Record<number, number>> = {
  [Shape.NONE]: Simple.ALONE,
  [Shape.INDEX]: Simple.INDEX,
  [Shape.SIGNED]: Simple.CONSTANT,
  [Shape.BYTES4]: Simple.FLOAT32,
  [Shape.BYTES8]: Simple.FLOAT64,
  [Shape.MEMARG]: Simple.ACCESS,
}

const SIMPLE = Uint8Array.from(plainShapes, (shape, opcode) =>
  isStraight(opcode) ? (SIMPLE_SHAPES[shape] ?? Simple.OTHER) : Simple.OTHER,
)

/** Behind the end of any function: the instruction has to be looked at closely. */
const LOOK = 0x3fff_ffff

/** Behind the number at `at`, if it has so many bytes at most, which is never too many for its type. */
function behind(bytes: Uint8Array, at: number, max: number): number {
  for (let last = at; last < at + max; last++) if (bytes[last]! < 0x80) return last + 1
  return LOOK
}

function isStraight(opcode: number): boolean {
  if (LONG.has(opcode)) return false
  return (opcode >= 0x20 && opcode <= 0xc4) || opcode === 0x01 || opcode === 0x1a || opcode === 0x1b
}
