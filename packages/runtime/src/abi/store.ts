import type { CoreMemory } from '../engine-types.js'
import { errors, PluginError, unwoundBy } from '../errors/index.js'
import type { Footprint, FuelTank, InstanceLimits } from '../limits/index.js'
import { Jspi } from './jspi.js'
import type { Subtask, Task } from './task.js'
import { throwTrap } from './trap.js'

/**
 * State that all component instances of one `instantiate` share (Component Model, "store"). Its three flags are the
 * whole of the re-entrance and fault rules, and each call path reads exactly one of them:
 * `busy` before the host enters, `locked` before a guest leaves, `fault` when the guest has returned.
 * Values are lifted and lowered without a pause. What that takes is written here, as into registers, and read before
 * anything else runs; what lasts as long as a call is its `Task` or `Subtask`, which the call itself holds.
 */
export class Store {
  /** A call from the host is running, or the instance is poisoned. */
  busy = false
  /** The guest may not call out: `realloc` or `post-return` is running, or a fault is unwinding. */
  locked = false
  /** A fault that was raised under guest frames and has not reached the host yet. */
  fault: PluginError | null = null
  /** The fault that ended this instance. */
  poison: PluginError | null = null
  /** JS values that the running lift may still make. */
  budget = 0
  /** Second result of the last `lowerString`. */
  stringLength = 0
  /** The call in whose arguments are being lowered, once a handle is lent for it. */
  task: Task | null = null
  /** The call out whose arguments are being lifted, once a handle is lent for it. */
  subtask: Subtask | null = null
  /** All that its core instances have made. */
  readonly memories: CoreMemory[] = []
  /** Handles alive in all tables. */
  handles = 0
  /** Bytes of texts and lists that were written to its memories, and read from there. */
  bytesIn = 0
  bytesOut = 0
  /** What all core instances take. */
  readonly #taken = { memories: 0, tableElements: 0, moduleHeapBytes: 0, dataBytes: 0 }
  readonly jspi: Jspi | null

  constructor(
    readonly limits: Readonly<InstanceLimits>,
    /** What the core modules count down, if they are metered. */
    readonly fuel: FuelTank | null,
    /** Lift and lower by generated code instead of closures. */
    readonly codeGeneration: boolean,
    /** Exports return promises; imports may, if the engine can suspend guests. */
    readonly async: boolean,
    /** Called before a metered guest calls out, and before one that can be suspended, which may have to wait. */
    readonly onCallOut: ((isQuick: boolean) => Promise<void> | undefined | void) | null = null,
    /** Units of fuel that a call of a host function costs. */
    readonly priceOf: ((func: string) => number | undefined) | null = null,
  ) {
    this.jspi = async ? Jspi.find() : null
  }

  /** As large as they are now. */
  get memoryBytes(): number {
    let bytes = 0
    for (const { buffer } of this.memories) bytes += buffer.byteLength
    return bytes
  }

  /** Why the host may not enter now. */
  refuseEntry(): PluginError {
    if (this.poison === null) return errors.CANNOT_ENTER({ reason: 'a call is running in it' })
    return errors.CANNOT_ENTER({ reason: `an earlier fault poisoned it (${this.poison.code})` }, this.poison)
  }

  /** Stops a guest that may not leave: it called out of `realloc` or `post-return`, or goes on after a fault. */
  refuseLeave(): never {
    return this.abort(errors.ABI_TRAP({ reason: 'it called an import while it may not leave its instance' }))
  }

  /** Records a fault under guest frames and unwinds them by a trap, which no guest handler can catch. */
  abort(error: unknown): never {
    // First of all, because the rest may run out of stack: a locked store is not left again without a fault.
    this.locked = true
    this.fault ??= this.toFault(error)
    return throwTrap()
  }

  /** Why a store is locked when its guest returns: the guest swallowed a fault. */
  swallowed(): PluginError {
    return this.fault ?? errors.STACK_EXHAUSTED({})
  }

  /** Ends the instance: `error` came out of a call. Returns what the caller gets. */
  settle(error: unknown): PluginError {
    if (this.fault !== null && this.poison === null) unwoundBy(this.fault, error)
    this.poison ??= this.fault ?? this.toFault(error)
    this.busy = true
    this.locked = true
    return this.poison
  }

  /**
   * Counts a core module that is instantiated next.
   * @throws {LIMIT_EXCEEDED} the instance has too many memories or tables, or takes too much of the engine's heap
   */
  addModule({ memories, footprint }: { memories: readonly string[]; footprint: Footprint }): void {
    this.#take('memories', memories.length)
    this.#take('tableElements', footprint.tableElements)
    this.#take('moduleHeapBytes', footprint.heapBytes)
    this.#take('dataBytes', footprint.dataBytes)
  }

  #take(limit: 'memories' | 'tableElements' | 'moduleHeapBytes' | 'dataBytes', amount: number): void {
    const value = this.#taken[limit] + amount
    const max = this.limits[limit]
    if (value > max) throw errors.LIMIT_EXCEEDED({ limit, value, max })
    this.#taken[limit] = value
  }

  charge(values: number): void {
    this.budget -= values
    this.fuel?.spend(values * FUEL_PER_VALUE)
    if (this.budget < 0) {
      const max = this.limits.liftedValues
      throw errors.LIMIT_EXCEEDED({ limit: 'liftedValues', value: max - this.budget, max })
    }
  }

  /** Units of fuel that a call of a function of the host costs, or of another guest where there is no name. */
  price(name: string | null): number {
    return (name === null ? undefined : this.priceOf?.(name)) ?? FUEL_PER_CALL
  }

  /** Counts a call out of a metered guest. @throws {OUT_OF_FUEL} and what `onCallOut` throws */
  callOut(price: number, isQuick: boolean): void {
    this.fuel?.spend(price)
    this.onCallOut?.(isQuick)
  }

  /** What came out of a guest, as an error with a code. */
  toFault(error: unknown): PluginError {
    if (PluginError.is(error)) return error
    if (this.fuel?.isEmpty) return errors.OUT_OF_FUEL({ fuel: this.fuel.filled }, error)
    if (isStackOverflow(error)) return errors.STACK_EXHAUSTED({}, error)
    if (isOutOfMemory(error)) return errors.MACHINE_OUT_OF_MEMORY({ reason: reasonOf(error) }, error)
    return errors.GUEST_TRAP({ reason: reasonOf(error) }, error)
  }
}

/** What a call out costs beside what crosses: the host's function takes time that its guest does not count. */
const FUEL_PER_CALL = 500

/** A lifted value, or 32 bytes of a string or typed array. */
const FUEL_PER_VALUE = 32

/** True for what engines throw when the stack is used up. */
export function isStackOverflow(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof RangeError
    ? error.message.includes('call stack')
    : error.name === 'InternalError' && error.message.includes('recursion')
}

/** What engines throw when the system gives them no memory for an instance; the plugin's own growth fails without. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /out of memory|could not allocate memory/i.test(error.message)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an exception was not caught'
}
