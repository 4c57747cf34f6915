import type { Steps } from '../../binary/context.js'
import type { CoreReader } from '../core-reader.js'
import { type BulkCost, bulkCostOf, costOf, LEAF_COST, Op } from './costs.js'
import { Edit, type Plan } from './edits.js'
import { Flow } from './flow.js'

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
export function* planFunction(reader: CoreReader, plan: Plan, context: PlanContext): Steps<void> {
  plan.reset()
  yield* new Planner(reader, plan, context).walk()
}

/** Instructions that are looked at in one step. */
const STEP = 2_048

class Planner {
  private readonly flow: Flow
  private catches = false

  constructor(
    private readonly reader: CoreReader,
    private readonly plan: Plan,
    private readonly context: PlanContext,
  ) {
    this.flow = new Flow(reader, plan)
  }

  *walk(): Steps<void> {
    const { reader, plan } = this
    for (let left = STEP; this.flow.isOpen; left--) {
      this.step()
      if (left > 0) continue
      left = STEP
      yield
    }
    yield
    if (!reader.done) throw reader.malformed('code after the end of a function')
    // An exception arrives with the counter in the global, the other ways into the same label with the counter
    // in the local; so functions that catch do not cache it.
    if (this.catches) plan.cached = plan.leaf = false
    if (this.flow.calls > 0) plan.leaf = false
    if (!plan.leaf) this.flow.ensureCharged(0)
  }

  private step(): void {
    const { reader } = this
    const start = reader.offset
    const opcode = reader.opcode()
    this.flow.pay(costOf(opcode))
    switch (opcode) {
      case Op.BLOCK:
        reader.skipBlockType()
        this.flow.openLevel()
        return
      case Op.LOOP:
        reader.skipBlockType()
        this.flow.enterLoop()
        return
      case Op.IF:
        reader.skipBlockType()
        this.flow.endRun()
        this.flow.openLevel().skippable = true
        this.flow.startRun()
        return
      case Op.ELSE:
        this.flow.enterElse()
        return
      case Op.END:
      case Op.DELEGATE:
        reader.skipImmediates(opcode)
        this.flow.closeLevel(start)
        return
      case Op.BR:
        this.flow.endRun()
        this.flow.branch(reader.u32(), start)
        this.flow.dead = true
        return
      case Op.BR_TABLE:
        this.flow.endRun()
        for (let count = reader.u32(); count >= 0; count--) this.flow.branch(reader.u32(), start)
        this.flow.dead = true
        return
      case Op.BR_IF:
      case Op.BR_ON_NULL:
      case Op.BR_ON_NON_NULL:
        this.flow.endRun()
        this.flow.branch(reader.u32(), start)
        this.flow.startRun()
        return
      case Op.BR_ON_CAST:
      case Op.BR_ON_CAST_FAIL:
        this.flow.endRun()
        reader.skip(1)
        this.flow.branch(reader.u32(), start)
        reader.skipHeapType()
        reader.skipHeapType()
        this.flow.startRun()
        return
      case Op.UNREACHABLE:
        this.flow.endRun()
        this.flow.dead = true
        return
      case Op.RETURN:
      case Op.THROW:
      case Op.RETHROW:
      case Op.THROW_REF:
        reader.skipImmediates(opcode)
        this.flow.leave(start)
        return
      case Op.CALL:
        this.call(reader.u32(), start)
        return
      case Op.CALL_INDIRECT:
      case Op.CALL_REF:
        reader.skipImmediates(opcode)
        this.flow.meteredCall(start, LEAF_COST)
        return
      case Op.RETURN_CALL:
        this.flow.pay(this.context.calleeCost(reader.u32()))
        this.flow.leaveByCall(start)
        return
      case Op.RETURN_CALL_INDIRECT:
      case Op.RETURN_CALL_REF:
        reader.skipImmediates(opcode)
        this.flow.pay(LEAF_COST)
        this.flow.leaveByCall(start)
        return
      case Op.TRY:
        reader.skipBlockType()
        this.catches = true
        this.flow.openLevel()
        return
      case Op.CATCH:
      case Op.CATCH_ALL:
        reader.skipImmediates(opcode)
        this.flow.enterCatch()
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

  private enterTryTable(): void {
    const { reader } = this
    reader.skipBlockType()
    this.catches = true
    for (let count = reader.u32(); count > 0; count--) {
      const hasTag = reader.catchKind() < 2
      if (hasTag) reader.u32()
      const target = this.flow.target(reader.u32())
      if (this.flow.dead) continue
      if (target.isLoop) target.targeted = true
      else target.catches = true
    }
    this.flow.openLevel()
  }

  private call(index: number, start: number): void {
    const cost = this.context.calleeCost(index)
    if (this.context.isMetered(index)) this.flow.meteredCall(start, cost)
    else this.flow.pay(cost)
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
      this.flow.pay(reader.u32())
    } else if (bulk === undefined) {
      reader.skipImmediates(opcode)
    } else {
      const wide = this.readBulkIndices(opcode, bulk)
      if (!this.flow.dead) plan.add(start, wide ? Edit.BULK_WIDE : Edit.BULK, bulk.shift)
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
}
