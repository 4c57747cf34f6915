import type { Steps } from '../../binary/context.js'
import type { ByteWriter } from '../byte-writer.js'
import type { CoreReader } from '../core-reader.js'
import { Edit, type Plan } from './edits.js'

/** How a function body reaches the counter. */
export interface Counter {
  /** Index of the counter's global. */
  readonly global: number
  /** Index of the global in which what the function itself uses is added up, if it is. */
  readonly own: number | undefined
  /** Index of the first local that is free in the function: parameters and declared locals lie below. */
  readonly firstLocal: number
  /** Whether the function is metered at all. */
  readonly metered: boolean
}

/**
 * Writes a function body, size excluded, with its planned edits. `reader` stands at the first local declaration
 * and ends at the body's end.
 *
 * Insertions are straight-line code with its own balanced `if`, so label depths and the types on the stack are
 * untouched, and new locals stand behind the old ones, so that local indices are too. Code offsets do move:
 * DWARF line tables and source maps of a metered module point at the original's offsets, which `MeteredCode` finds
 * by what is copied here. The name section goes by index and stays right.
 */
export function* emitBody(output: ByteWriter, reader: CoreReader, plan: Plan, counter: Counter): Steps<void> {
  const { bytes } = reader
  const emitter = new Emitter(output, plan, counter)
  const groups = reader.u32()
  const added = counter.metered ? emitter.localGroups() : []
  output.unsigned(groups + added.length)
  let copied = reader.offset
  for (const [i, offset] of plan.offsets.entries()) {
    const kind = plan.kinds[i]!
    if (i % STEP === STEP - 1) yield
    if (kind !== Edit.GLOBAL && !counter.metered) continue
    // The first edit stands behind the local declarations.
    output.copy(bytes, copied, offset)
    copied = offset
    if (i === 0) for (const type of added) emitter.declareLocal(type)
    if (kind === Edit.GLOBAL) {
      output.unsigned(plan.values[i]!)
      reader.offset = offset
      reader.u32()
      copied = reader.offset
    } else {
      emitter.edit(kind, plan.values[i]!, i === 0)
    }
  }
  output.copy(bytes, copied, reader.end)
}

/** Edits that are made in one step. */
const STEP = 1_024

const I32 = 0x7f
const I64 = 0x7e

const Code = {
  UNREACHABLE: 0x00,
  IF: 0x04,
  END: 0x0b,
  LOCAL_GET: 0x20,
  LOCAL_SET: 0x21,
  LOCAL_TEE: 0x22,
  GLOBAL_GET: 0x23,
  GLOBAL_SET: 0x24,
  I64_CONST: 0x42,
  I64_LT_S: 0x53,
  I64_ADD: 0x7c,
  I64_SUB: 0x7d,
  I64_AND: 0x83,
  I64_SHL: 0x86,
  I64_SHR_U: 0x88,
  I64_EXTEND_I32_U: 0xad,
  EMPTY: 0x40,
} as const

class Emitter {
  private readonly fuel: number
  private readonly length: number
  private readonly wideLength: number

  constructor(
    private readonly output: ByteWriter,
    private readonly plan: Plan,
    private readonly counter: Counter,
  ) {
    this.fuel = counter.firstLocal
    this.length = this.fuel + 1
    this.wideLength = this.length + (plan.kinds.includes(Edit.BULK) ? 1 : 0)
  }

  /** Types of the added locals: the counter, and the lengths of bulk instructions where there are any. */
  localGroups(): number[] {
    const { kinds } = this.plan
    const types = [I64]
    if (kinds.includes(Edit.BULK)) types.push(I32)
    if (kinds.includes(Edit.BULK_WIDE)) types.push(I64)
    return types
  }

  declareLocal(type: number): void {
    this.output.unsigned(1)
    this.output.byte(type)
  }

  edit(kind: number, value: number, isEntry: boolean): void {
    const { cached } = this.plan
    switch (kind) {
      case Edit.CHECK:
        if (isEntry && cached) this.enterCached(value)
        else if (value > 0) this.check(value)
        return
      case Edit.CHARGE:
        if (value > 0) this.charge(value)
        return
      case Edit.FLUSH:
        if (cached) this.flush()
        return
      case Edit.RELOAD:
        if (cached) this.reload()
        return
      case Edit.BULK:
        this.bulk(this.length, value, false)
        return
      case Edit.BULK_WIDE:
        this.bulk(this.wideLength, value, true)
        return
    }
  }

  private enterCached(cost: number): void {
    this.count(cost)
    this.op(Code.GLOBAL_GET, this.counter.global)
    if (cost === 0) {
      this.op(Code.LOCAL_SET, this.fuel)
      return
    }
    this.subtract(cost)
    this.trapBelowZero()
  }

  private check(cost: number): void {
    this.count(cost)
    this.read()
    this.subtract(cost)
    this.trapBelowZero()
  }

  private charge(cost: number): void {
    this.count(cost)
    this.read()
    this.subtract(cost)
    if (this.plan.cached) this.op(Code.LOCAL_SET, this.fuel)
    else this.op(Code.GLOBAL_SET, this.counter.global)
  }

  /** The length stays on the stack. */
  private bulk(local: number, shift: number, wide: boolean): void {
    const { output } = this
    const { own } = this.counter
    this.op(Code.LOCAL_TEE, local)
    if (own !== undefined) {
      this.op(Code.GLOBAL_GET, own)
      this.costOfBulk(local, shift, wide)
      output.byte(Code.I64_ADD)
      this.op(Code.GLOBAL_SET, own)
    }
    this.read()
    this.costOfBulk(local, shift, wide)
    output.byte(Code.I64_SUB)
    this.trapBelowZero()
  }

  private costOfBulk(local: number, shift: number, wide: boolean): void {
    const { output } = this
    this.op(Code.LOCAL_GET, local)
    if (!wide) {
      output.byte(Code.I64_EXTEND_I32_U)
    } else if (shift >= 0) {
      // No more than 32 bits, so that the product cannot wrap around and give fuel back. What has a longer
      // length than that fails: tables are smaller.
      this.constant(0xffff_ffff)
      output.byte(Code.I64_AND)
    }
    if (shift !== 0) {
      this.constant(Math.abs(shift))
      output.byte(shift > 0 ? Code.I64_SHL : Code.I64_SHR_U)
    }
  }

  /** Adds to what the function itself has used. */
  private count(cost: number): void {
    const { own } = this.counter
    if (own === undefined || cost === 0) return
    this.op(Code.GLOBAL_GET, own)
    this.constant(cost)
    this.output.byte(Code.I64_ADD)
    this.op(Code.GLOBAL_SET, own)
  }

  private read(): void {
    if (this.plan.cached) this.op(Code.LOCAL_GET, this.fuel)
    else this.op(Code.GLOBAL_GET, this.counter.global)
  }

  private subtract(cost: number): void {
    this.constant(cost)
    this.output.byte(Code.I64_SUB)
  }

  /** Stores the counter on the stack, and traps if it is negative: that is how the host knows the trap. */
  private trapBelowZero(): void {
    const { output, plan, fuel } = this
    this.op(Code.LOCAL_TEE, fuel)
    if (!plan.cached) {
      this.op(Code.GLOBAL_SET, this.counter.global)
      this.op(Code.LOCAL_GET, fuel)
    }
    this.constant(0)
    output.byte(Code.I64_LT_S)
    output.byte(Code.IF)
    output.byte(Code.EMPTY)
    if (plan.cached) this.flush()
    output.byte(Code.UNREACHABLE)
    output.byte(Code.END)
  }

  private flush(): void {
    this.op(Code.LOCAL_GET, this.fuel)
    this.op(Code.GLOBAL_SET, this.counter.global)
  }

  private reload(): void {
    this.op(Code.GLOBAL_GET, this.counter.global)
    this.op(Code.LOCAL_SET, this.fuel)
  }

  private constant(value: number): void {
    this.output.byte(Code.I64_CONST)
    this.output.signed(value)
  }

  private op(code: number, index: number): void {
    this.output.byte(code)
    this.output.unsigned(index)
  }
}
