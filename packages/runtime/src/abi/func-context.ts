import type { CanonOptions } from '../binary/definition.js'
import { errors } from '../errors/index.js'
import type { ResourceType } from '../types/index.js'
import type { ComponentState } from './instance-state.js'
import type { GuestMemory } from './memory.js'
import type { RuntimeResource } from './resource.js'
import type { Store } from './store.js'
import { BYTES_PER_VALUE_LOG2 } from './weight.js'

export type Realloc = (oldPointer: number, oldSize: number, align: number, newSize: number) => number

export interface ContextInit {
  readonly instance: ComponentState
  readonly memory: GuestMemory
  readonly realloc: Realloc | null
  readonly encoding: CanonOptions['encoding']
  readonly resources: ReadonlyMap<ResourceType, RuntimeResource>
}

/**
 * What lifting and lowering for one function of one instance need, whichever call it is for (CanonicalABI.md,
 * `LiftLowerContext` without its borrow scope, which is the `Task` or `Subtask`).
 */
export class FuncContext {
  readonly store: Store
  readonly instance: ComponentState
  readonly memory: GuestMemory
  readonly encoding: CanonOptions['encoding']
  readonly resources: ReadonlyMap<ResourceType, RuntimeResource>
  private readonly realloc: Realloc | null

  constructor(init: ContextInit) {
    this.store = init.instance.store
    this.instance = init.instance
    this.memory = init.memory
    this.encoding = init.encoding
    this.resources = init.resources
    this.realloc = init.realloc
  }

  resource(type: ResourceType): RuntimeResource {
    const resource = this.resources.get(type)
    if (resource === undefined)
      throw errors.LINK_FAILED({ reason: `resource ${type.name} has no definition` })
    return resource
  }

  /** @throws {ABI_TRAP} the guest answered with memory that is misaligned or out of bounds */
  alloc(size: number, align: number): number {
    return this.reallocate(0, 0, align, size)
  }

  /** The same for memory that it gave before, whose content stays. @throws {ABI_TRAP} */
  reallocate(old: number, oldSize: number, ...[align, size]: [number, number]): number {
    if (this.realloc === null) throw abiTrap('it has no realloc function')
    const { store, memory } = this
    store.fuel?.spend(size * FUEL_PER_BYTE)
    store.bytesIn += size - oldSize
    const wasLocked = store.locked
    store.locked = true
    let pointer: number
    try {
      pointer = this.realloc(old, oldSize, align, size) >>> 0
    } catch (error) {
      // Told apart from a value of the host that cannot be read, which ends the same loops.
      throw store.fault ?? store.toFault(error)
    }
    if (store.fault !== null) throw store.fault
    store.locked = wasLocked
    memory.sync()
    if ((pointer & (align - 1)) !== 0) throw abiTrap('realloc returned a misaligned pointer')
    if (pointer + size > memory.bytes.length) throw abiTrap('realloc returned memory out of bounds')
    return pointer
  }

  /** Checks that `count` elements of `size` bytes at `pointer` are inside the memory and within the limits. */
  checkList(pointer: number, count: number, size: number, align: number): void {
    const bytes = count * size
    if (pointer & (align - 1))
      throw abiTrap(`list pointer 0x${pointer.toString(16)} is not aligned to ${align}`)
    if (pointer + bytes > this.memory.bytes.length) throw abiTrap('a list is out of bounds of the memory')
    this.limitBytes(bytes)
  }

  /** Counts a lifted string of `bytes` against the call's budget. */
  charge(bytes: number): void {
    this.store.charge(1 + (bytes >>> BYTES_PER_VALUE_LOG2))
  }

  /** The same for a typed array, which is several objects however little it holds. */
  chargeArray(bytes: number): void {
    this.store.charge(TYPED_ARRAY + (bytes >>> BYTES_PER_VALUE_LOG2))
  }

  /** Counts bytes that are read. @throws {LIMIT_EXCEEDED} */
  limitBytes(bytes: number): void {
    const max = this.store.limits.valueBytes
    if (bytes > max) throw errors.LIMIT_EXCEEDED({ limit: 'valueBytes', value: bytes, max })
    this.store.bytesOut += bytes
  }

  /** The same for a string or list of the host. @throws {VALUE_TOO_LARGE} */
  limitGiven(bytes: number): void {
    const max = this.store.limits.valueBytes
    if (bytes > max) throw errors.VALUE_TOO_LARGE({ limit: 'valueBytes', value: bytes, max })
  }
}

/** Of a string or list that the guest is given: what one costs that it gives. */
const FUEL_PER_BYTE = 1

/** The view, its buffer, and what the engine keeps beside them. */
const TYPED_ARRAY = 4

export function abiTrap(reason: string) {
  return errors.ABI_TRAP({ reason })
}
