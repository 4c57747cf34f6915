import { errors } from '@wasm-plugin/runtime/internal'
import type { SavedDescriptors } from './p1/descriptors.js'

/** What of WASI goes on in another instance, beside what is named; as text it is JSON. */
export interface WasiState {
  /** Nanoseconds of the monotonic clock, as digits. */
  readonly clock: string
  /** Bytes of the given stdin that were read. */
  readonly stdin: number
  /** Blocks of the seeded random bytes that were drawn. */
  readonly random: number
  /** Of a module of preview 1 that has looked at them. */
  readonly descriptors?: SavedDescriptors
}

/** @throws {SNAPSHOT_UNUSABLE} it is none: it may have been in hands that changed it */
export function readWasiState(text: string): WasiState {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged()
  }
  const { clock, stdin, random, descriptors } = recordOf(value)
  if (typeof clock !== 'string' || !/^\d{1,18}$/.test(clock)) throw damaged()
  return {
    clock,
    stdin: countOf(stdin),
    random: countOf(random),
    ...(descriptors !== undefined && { descriptors: descriptorsOf(descriptors) }),
  }
}

function descriptorsOf(value: unknown): SavedDescriptors {
  const { open, hasLooked } = recordOf(value)
  const isRight =
    typeof hasLooked === 'boolean' &&
    Array.isArray(open) &&
    open.every((name) => name === null || typeof name === 'string')
  if (!isRight) throw damaged()
  return { open, hasLooked }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw damaged()
  return Object.assign(Object.create(null), value)
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw damaged()
  return value as number
}

function damaged() {
  return errors.SNAPSHOT_UNUSABLE({ reason: 'it is damaged' })
}
