import * as z from '@wasm-plugin/manifest/shape'
import { defaultInstanceLimits } from '@wasm-plugin/runtime/early'
import { errors } from './errors/index.js'
import { milliseconds } from './milliseconds.js'

/** Limits of one plugin. Every size that a plugin controls has one. */
export interface PluginLimits {
  /** Milliseconds one call may take, waiting included; 2_147_483_647 at most, as all times. @default 5_000 */
  timeoutMs: number
  /** Milliseconds the plugin may take to be compiled, and to start. @default 10_000 */
  startMs: number
  /** Bytes of each linear memory. @default 256 MiB */
  memoryBytes: number
  /** Linear memories of one instance; with `memoryBytes`, the bound of what it can allocate. @default 16 */
  memories: number
  /** Elements of all tables of an instance. @default 100_000 */
  tableElements: number
  /**
   * Bytes of JavaScript heap that all core modules of an instance can take: tables at their maximum, element segments,
   * functions and exports. @default an eighth of `heapBytes`, 64 MiB
   */
  moduleHeapBytes: number
  /** Bytes of data that an instance copies to its memories when it starts. @default `componentBytes` */
  dataBytes: number
  /** Resource handles alive at a time. @default 100_000 */
  handles: number
  /** Bytes of one string or list crossing the boundary. @default 64 MiB */
  valueBytes: number
  /**
   * JavaScript values made for one call's arguments or result, each of 64 bytes of heap at most: 32 bytes of text count as
   * one, an object as two beside its fields. `heapBytes` bounds them. @default what `heapBytes` has room for, 2_271_914
   */
  liftedValues: number
  /** Bytes of JavaScript heap of the plugin's thread, 64 MiB or more. @default 512 MiB */
  heapBytes: number
  /** Units of work per call. @default unmetered in a thread, 1_000_000_000 (about a tenth of a second of computing) inline */
  fuel?: number
  /** Bytes of the component file. @default 64 MiB */
  componentBytes: number
}

/** A call in the application's thread is always bounded: nothing else could end it. */
const DEFAULT_INLINE_FUEL = 1_000_000_000

/** Bytes that a thread has for itself: the engine, the contract, files and handles that are open. */
const OWN_HEAP_BYTES = 32 << 20
/** The part of the heap that core modules may take by default. */
const MODULES_PART = 8
/** Bytes that a value takes at most. */
const BYTES_PER_VALUE = 64
/** What can be alive at a time: a call's arguments, what the plugin gives to a host function, and its answer. */
const ALIVE_AT_ONCE = 3
const HEAP_PER_VALUE = BYTES_PER_VALUE * ALIVE_AT_ONCE

const positive = z.int().check(z.positive())
const atMost = (max: number) => positive.check(z.maximum(max))

export const limitsSchema = z.strictObject({
  timeoutMs: z.optional(milliseconds),
  startMs: z.optional(milliseconds),
  memoryBytes: z.optional(atMost(2 ** 32)),
  memories: z.optional(positive),
  tableElements: z.optional(positive),
  moduleHeapBytes: z.optional(positive),
  dataBytes: z.optional(positive),
  handles: z.optional(positive),
  valueBytes: z.optional(atMost(2 ** 31 - 1)),
  liftedValues: z.optional(positive),
  heapBytes: z.optional(z.int().check(z.minimum(2 * OWN_HEAP_BYTES))),
  fuel: z.optional(positive),
  componentBytes: z.optional(positive),
})

const defaults = {
  ...defaultInstanceLimits,
  timeoutMs: 5_000,
  startMs: 10_000,
  heapBytes: 512 << 20,
  componentBytes: 64 << 20,
}

/**
 * Fills in every default. An allocation that does not fit the heap of a thread ends the whole process, because V8 asks
 * nobody before it makes one large object. So all that the modules and a call can make at once has to fit, however it is
 * made.
 *
 * @throws {OPTIONS_INVALID} `liftedValues` and `moduleHeapBytes` need more heap than `heapBytes`.
 */
export function resolveLimits(
  wanted: Partial<PluginLimits>,
  { where, isInline, isMetered = false }: { where: string; isInline: boolean; isMetered?: boolean },
): Readonly<PluginLimits> {
  const { heapBytes = defaults.heapBytes, componentBytes = defaults.componentBytes } = wanted
  const { moduleHeapBytes = Math.floor(heapBytes / MODULES_PART), dataBytes = componentBytes } = wanted
  const room = heapBytes - OWN_HEAP_BYTES - moduleHeapBytes
  const { liftedValues = Math.max(1, Math.floor(room / HEAP_PER_VALUE)) } = wanted
  if (liftedValues * HEAP_PER_VALUE > room && !isInline)
    throw tooSmall(where, { heapBytes, liftedValues, moduleHeapBytes: wanted.moduleHeapBytes })
  return Object.freeze({
    ...defaults,
    // What is metered to be counted alone has as much as it likes.
    ...(isMetered ? { fuel: Number.MAX_SAFE_INTEGER } : {}),
    ...(isInline ? { fuel: DEFAULT_INLINE_FUEL } : {}),
    ...wanted,
    moduleHeapBytes,
    dataBytes,
    liftedValues,
  })
}

/** What the modules may take is a part of the whole heap, unless it is given. */
function tooSmall(
  where: string,
  {
    heapBytes,
    liftedValues,
    moduleHeapBytes,
  }: { heapBytes: number; liftedValues: number; moduleHeapBytes: number | undefined },
) {
  const bytes = OWN_HEAP_BYTES + liftedValues * HEAP_PER_VALUE
  const needed = moduleHeapBytes === undefined ? bytes / (1 - 1 / MODULES_PART) : bytes + moduleHeapBytes
  const reason = `${liftedValues} values need a heap of ${Math.ceil(needed)} bytes, and heapBytes is ${heapBytes}`
  return errors.OPTIONS_INVALID({ path: `${where}.limits.liftedValues`, reason })
}
