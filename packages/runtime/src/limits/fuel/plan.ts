import type { CoreReader } from '../core-reader.js'
import { type BulkCost, bulkCostOf, costOf, LEAF_COST, Op, PREPAID_PATH, PREPAID_RUN } from './costs.js'

/** What is inserted into a function body, or changed in it. */
export const Edit = {
  /** Subtract `value` from the fuel, and trap when it falls below zero. */
  CHECK: 0,
  /** Subtract `value`. */
  CHARGE: 1,
  /** Write a cached counter back, because what follows leaves the function. */
  FLUSH: 2,
  /** Read it again, because what ran in between may have changed it. */
  RELOAD: 3,
  /** Subtract the 32-bit length on the stack, shifted by `value`, and trap when fuel falls below zero. */
  BULK: 4,
  /** The same for a 64-bit length. */
  BULK_WIDE: 5,
  /** The global index at this offset becomes `value`. */
  GLOBAL: 6,
} as const

/**
 * The edits of one function body, by offset in the module. Three parallel arrays, because a large module has
 * millions of them; one plan is reused for all functions.
 */
export class Plan {
  readonly offsets: number[] = []
  readonly kinds: number[] = []
  readonly values: number[] = []
  /** Keep the counter in a local: pays off where a loop runs without a metered call. */
  cached = false
  /** The first edit is the only charge, and nothing is called. */
  leaf = true

  reset(): void {
    this.offsets.length = this.kinds.length = this.values.length = 0
    this.cached = false
    this.leaf = true
  }

  /** Longest path through the function, as far as it is prepaid. */
  get entryCost(): number {
    return this.values[0]!
  }

  /** Answers with the number of the edit, whose value may be set later. */
  add(offset: number, kind: number, value = 0): number {
    this.kinds.push(kind)
    this.values.push(value)
    return this.offsets.push(offset) - 1
  }
}

/** What the planner has to know of the module. */
export interface PlanContext {
  /** Cost to the caller of calling a function: of the callee where that is not metered itself. */
  calleeCost(index: number): number
  /** Whether calling the function can change the counter. */
  isMetered(index: number): boolean
  /** Global indices from here on move up by one. */
  readonly firstMovedGlobal: number
  /** Whether a memory or table has indices of 64 bits. */
  isWide(of: 'memory' | 'table', index: number): boolean
}

/**
 * Plans the charges of one function body. `reader` stands behind the local declarations and ends at the body's
 * end; one pass, in the order of the binary.
 *
 * Every instruction that runs is paid for: by its own run (the instructions between two places where control
 * can join or part), or in advance by the header of its region, which pays for the longest of its paths. So
 * fuel consumed is an upper bound of the instructions run, off by at most `PREPAID_PATH` for each iteration and
 * call. Only headers trap: between two headers code is acyclic and its length bounded.
 *
 * @throws {UNSUPPORTED_FEATURE} an unknown instruction, or one that sleeps without consuming fuel
 */
export function planFunction(reader: CoreReader, plan: Plan, context: PlanContext): void {
  plan.reset()
  new Planner(reader, plan, context).walk()
}

/** One level of the control stack. */
interface Label {
  readonly isLoop: boolean
  /** Longest path to the instruction that opened the level, and whether that one cannot run. */
  readonly entry: number
  readonly deadEntry: boolean
  /** Of a loop: the region around it, and the metered calls seen before it. */
  readonly outer: Region
  readonly calls: number
  /** Whether a branch that can run arrives here; at the end of a block, at the start of a loop. */
  targeted: boolean
  /** Longest path of the branches that arrive here. */
  longest: number
  /** Whether exceptions arrive here. */
  catches: boolean
  /** An `if` that has no `else` so far: its end is also reached from its start. */
  skippable: boolean
}

/**
 * A function body or loop body, without the loops in it: code that runs at most once for each time its header
 * runs.
 */
interface Region {
  /** The edit of the header. Its value is the longest path so far. */
  readonly header: number
  /** No path is prepaid beyond this length. */
  limit: number
}

class Planner {
  private readonly labels: Label[] = []
  /** Level of each loop around the current instruction, outermost first. */
  private readonly loops: number[] = []
  private region: Region
  /** Longest prepaid path from the header to the current run. */
  private path = 0
  /** Whether the current instruction cannot run. */
  private dead = false
  /** Cost of the current run, and the edit that pays for it if it is not prepaid. */
  private run = 0
  private runEdit: number
  /** Metered calls so far. */
  private calls = 0
  private catches = false

  constructor(
    private readonly reader: CoreReader,
    private readonly plan: Plan,
    private readonly context: PlanContext,
  ) {
    this.runEdit = plan.add(reader.offset, Edit.CHECK)
    this.region = { header: this.runEdit, limit: PREPAID_PATH }
    this.openLevel()
  }

  walk(): void {
    const { reader, plan } = this
    while (this.labels.length > 0) this.step()
    if (!reader.done) throw reader.malformed('code after the end of a function')
    // An exception arrives with the counter in the global, the other ways into the same label with the counter
    // in the local; so functions that catch do not cache it.
    if (this.catches) plan.cached = plan.leaf = false
    if (this.calls > 0) plan.leaf = false
    if (!plan.leaf) this.ensureCharged(0)
  }

  private step(): void {
    const { reader } = this
    const start = reader.offset
    const opcode = reader.opcode()
    if (!this.dead) this.run += costOf(opcode)
    switch (opcode) {
      case Op.BLOCK:
        reader.skipBlockType()
        this.openLevel()
        return
      case Op.LOOP:
        reader.skipBlockType()
        this.enterLoop()
        return
      case Op.IF:
        reader.skipBlockType()
        this.endRun()
        this.openLevel().skippable = true
        this.startRun()
        return
      case Op.ELSE:
        this.enterElse()
        return
      case Op.END:
      case Op.DELEGATE:
        reader.skipImmediates(opcode)
        this.closeLevel(start)
        return
      case Op.BR:
        this.endRun()
        this.branch(reader.u32(), start)
        this.dead = true
        return
      case Op.BR_TABLE:
        this.endRun()
        for (let count = reader.u32(); count >= 0; count--) this.branch(reader.u32(), start)
        this.dead = true
        return
      case Op.BR_IF:
      case Op.BR_ON_NULL:
      case Op.BR_ON_NON_NULL:
        this.endRun()
        this.branch(reader.u32(), start)
        this.startRun()
        return
      case Op.BR_ON_CAST:
      case Op.BR_ON_CAST_FAIL:
        this.endRun()
        reader.skip(1)
        this.branch(reader.u32(), start)
        reader.skipHeapType()
        reader.skipHeapType()
        this.startRun()
        return
      case Op.UNREACHABLE:
        this.endRun()
        this.dead = true
        return
      case Op.RETURN:
      case Op.THROW:
      case Op.RETHROW:
      case Op.THROW_REF:
        reader.skipImmediates(opcode)
        this.leave(start)
        return
      case Op.CALL:
        this.call(reader.u32(), start)
        return
      case Op.CALL_INDIRECT:
      case Op.CALL_REF:
        reader.skipImmediates(opcode)
        this.meteredCall(start, LEAF_COST)
        return
      case Op.RETURN_CALL:
        this.pay(this.context.calleeCost(reader.u32()))
        this.leaveByCall(start)
        return
      case Op.RETURN_CALL_INDIRECT:
      case Op.RETURN_CALL_REF:
        reader.skipImmediates(opcode)
        this.pay(LEAF_COST)
        this.leaveByCall(start)
        return
      case Op.TRY:
        reader.skipBlockType()
        this.catches = true
        this.openLevel()
        return
      case Op.CATCH:
      case Op.CATCH_ALL:
        reader.skipImmediates(opcode)
        this.enterCatch()
        return
      case Op.TRY_TABLE:
        this.enterTryTable()
        return
      case Op.GLOBAL_GET:
      case Op.GLOBAL_SET:
        this.global()
        return
      case Op.ATOMIC_WAIT32:
      case Op.ATOMIC_WAIT64:
        throw reader.unsupported('metering of memory.atomic.wait, which sleeps at no cost,')
      default:
        if (opcode < 0x100) reader.skipImmediates(opcode)
        else this.prefixed(opcode, start)
    }
  }

  private openLevel(isLoop = false): Label {
    const label: Label = {
      isLoop,
      entry: this.path,
      deadEntry: this.dead,
      outer: this.region,
      calls: this.calls,
      targeted: false,
      longest: 0,
      catches: false,
      skippable: false,
    }
    this.labels.push(label)
    return label
  }

  private topLevel(): Label {
    const label = this.labels.at(-1)
    if (label === undefined) throw this.reader.malformed('unbalanced control instruction')
    return label
  }

  private closeLevel(start: number): void {
    const label = this.topLevel()
    this.labels.pop()
    if (this.labels.length === 0) this.leave(start)
    else if (label.isLoop) this.leaveLoop(label)
    else if (label.targeted || label.skippable || label.catches) this.join(label)
    // Otherwise nothing arrives here but the run itself, which goes on.
  }

  private join(label: Label): void {
    this.endRun()
    let path = this.dead ? 0 : this.path
    if (label.targeted) path = Math.max(path, label.longest)
    if (label.skippable) path = Math.max(path, label.entry)
    if (label.catches) path = Math.max(path, this.longestOfRegion())
    if (label.targeted || label.catches || (label.skippable && !label.deadEntry)) this.dead = false
    this.path = path
    this.startRun()
  }

  private enterElse(): void {
    const label = this.topLevel()
    this.endRun()
    this.arrive(label)
    label.skippable = false
    this.path = label.entry
    this.dead = label.deadEntry
    this.startRun()
  }

  /** The handler of a `try`: exceptions come from anywhere in its body. */
  private enterCatch(): void {
    const label = this.topLevel()
    this.endRun()
    this.arrive(label)
    this.path = this.longestOfRegion()
    this.dead = label.deadEntry
    this.startRun()
  }

  /** The current instruction continues at the end of the level. */
  private arrive(label: Label): void {
    if (this.dead) return
    label.targeted = true
    label.longest = Math.max(label.longest, this.path)
  }

  private enterTryTable(): void {
    const { reader } = this
    reader.skipBlockType()
    this.catches = true
    for (let count = reader.u32(); count > 0; count--) {
      const hasTag = reader.catchKind() < 2
      if (hasTag) reader.u32()
      const target = this.target(reader.u32())
      if (this.dead) continue
      if (target.isLoop) target.targeted = true
      else target.catches = true
    }
    this.openLevel()
  }

  private enterLoop(): void {
    this.endRun()
    this.loops.push(this.labels.length)
    this.openLevel(true)
    this.runEdit = this.plan.add(this.reader.offset, Edit.CHECK)
    this.region = { header: this.runEdit, limit: PREPAID_PATH }
    this.path = 0
  }

  private leaveLoop(label: Label): void {
    const { plan, region } = this
    this.endRun()
    if (label.targeted) {
      this.ensureCharged(region.header)
      if (label.calls === this.calls) plan.cached = true
    } else {
      // Nothing branches back, so it runs once: it has to be paid for, but cannot run away.
      plan.kinds[region.header] = Edit.CHARGE
    }
    plan.leaf = false
    this.loops.pop()
    this.region = label.outer
    this.path = label.entry
    this.startRun()
  }

  private branch(depth: number, start: number): void {
    const label = this.target(depth)
    if (this.dead) return
    label.targeted = true
    const level = this.labels.length - 1 - depth
    if (level === 0) this.flush(start)
    if (!label.isLoop) label.longest = Math.max(label.longest, this.pathAt(level))
  }

  private target(depth: number): Label {
    const label = this.labels[this.labels.length - 1 - depth]
    if (label === undefined) throw this.reader.malformed('branch to a level that is not there')
    return label
  }

  /** Longest path to the current instruction, in the region that the level belongs to. */
  private pathAt(level: number): number {
    const { loops } = this
    // The outermost loop inside that level, by bisection: nesting can be deep.
    let low = 0
    let high = loops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (loops[middle]! > level) high = middle
      else low = middle + 1
    }
    return low === loops.length ? this.path : this.labels[loops[low]!]!.entry
  }

  /** A header without cost would not be checked, though what loops or recurses through it charges elsewhere. */
  private ensureCharged(header: number): void {
    if (this.plan.values[header] === 0) this.plan.values[header] = 1
  }

  private longestOfRegion(): number {
    return this.plan.values[this.region.header]!
  }

  private call(index: number, start: number): void {
    const cost = this.context.calleeCost(index)
    if (this.context.isMetered(index)) this.meteredCall(start, cost)
    else this.pay(cost)
  }

  private meteredCall(start: number, cost: number): void {
    this.calls++
    this.pay(cost)
    this.flush(start)
    if (!this.dead) this.plan.add(this.reader.offset, Edit.RELOAD)
  }

  private leaveByCall(start: number): void {
    this.calls++
    this.leave(start)
  }

  private leave(start: number): void {
    this.endRun()
    this.flush(start)
    this.dead = true
  }

  private flush(start: number): void {
    const { plan } = this
    if (this.dead) return
    const last = plan.offsets.length - 1
    if (plan.kinds[last] === Edit.FLUSH && plan.offsets[last] === start) return
    plan.add(start, Edit.FLUSH)
  }

  /** Global indices are immediates of code that cannot run, too. */
  private global(): void {
    const at = this.reader.offset
    const index = this.reader.u32()
    if (index >= this.context.firstMovedGlobal) this.plan.add(at, Edit.GLOBAL, index + 1)
  }

  private prefixed(opcode: number, start: number): void {
    const { reader, plan } = this
    const bulk = bulkCostOf(opcode)
    if (opcode === Op.ARRAY_NEW_FIXED) {
      reader.u32()
      this.pay(reader.u32())
    } else if (bulk === undefined) {
      reader.skipImmediates(opcode)
    } else {
      const wide = this.readBulkIndices(opcode, bulk)
      if (!this.dead) plan.add(start, wide ? Edit.BULK_WIDE : Edit.BULK, bulk.shift)
      plan.leaf = false
    }
  }

  /** Answers whether the length is of 64 bits; between two index types it has the smaller one. */
  private readBulkIndices(opcode: number, { of }: BulkCost): boolean {
    const { reader, context } = this
    if (of === 'array') {
      reader.skipImmediates(opcode)
      return false
    }
    const wide = context.isWide(of, reader.u32())
    const copies = opcode === Op.MEMORY_COPY || opcode === Op.TABLE_COPY
    return copies ? context.isWide(of, reader.u32()) && wide : wide
  }

  private pay(cost: number): void {
    if (!this.dead) this.run += cost
  }

  private startRun(): void {
    if (!this.dead) this.runEdit = this.plan.add(this.reader.offset, Edit.CHARGE)
  }

  /** Decides who pays for the run that ends here. */
  private endRun(): void {
    const { run, region, plan } = this
    this.run = 0
    if (this.dead || run === 0) return
    if (this.runEdit === region.header) {
      this.path = run
      region.limit = run + PREPAID_PATH
    } else if (run <= PREPAID_RUN && this.path + run <= region.limit) {
      this.path += run
    } else {
      plan.values[this.runEdit] = run
      plan.leaf = false
    }
    if (this.path > this.longestOfRegion()) plan.values[region.header] = this.path
  }
}
