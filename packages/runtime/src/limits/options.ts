/** Limits of one instance. */
export interface InstanceLimits {
  /**
   * Bytes of the linear memories that one core module defines; larger maxima are clamped, `memory.grow` beyond
   * answers -1. @default 256 MiB
   */
  memoryBytes: number
  /**
   * Linear memories of all core modules of the instance; with `memoryBytes`, the bound of what it can allocate.
   * @default 16
   */
  memories: number
  /**
   * Elements of all tables of the instance, each at its maximum; `table.grow` beyond answers -1. Its core modules share them
   * when they are compiled. @default 100_000
   */
  tableElements: number
  /**
   * Bytes of the engine's own heap that all core modules of the instance can take together: tables at their maximum,
   * element segments, functions, globals and exports. Counted before they are made. @default 64 MiB
   */
  moduleHeapBytes: number
  /** Bytes of data that all core modules of the instance copy to their memories when they start. @default 64 MiB */
  dataBytes: number
  /** Handles alive in one instance. @default 100_000 */
  handles: number
  /** Bytes of one string or list crossing the boundary. @default 64 MiB */
  valueBytes: number
  /**
   * JS values made by lifting one call's arguments or result, each 64 bytes of heap at most: 32 bytes of text count as
   * one, an object as two beside its fields, an array of bytes as four beside its bytes. @default 4_000_000
   */
  liftedValues: number
}

export const defaultInstanceLimits: Readonly<InstanceLimits> = Object.freeze({
  memoryBytes: 256 << 20,
  memories: 16,
  tableElements: 100_000,
  moduleHeapBytes: 64 << 20,
  dataBytes: 64 << 20,
  handles: 100_000,
  valueBytes: 64 << 20,
  liftedValues: 4_000_000,
})
