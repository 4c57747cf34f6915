import { ComponentError } from '@wasm-plugin/runtime'
import { type Awaitable, chain, rescue } from '../awaitable.js'
import { codeOf, type IoError } from '../p2/io/error.js'
import type { ErrorCode } from '../volume/errno.js'

/** The numbers of `errno` in preview 1 (`wasi_snapshot_preview1.witx`) that nothing of 0.2 stands for. */
export const SUCCESS = 0
export const BADF = 8
export const FAULT = 21
export const ILSEQ = 25
export const INVAL = 28
export const NOTSOCK = 57
export const NOTSUP = 58
export const SPIPE = 70
const IO = 29
const OVERFLOW = 61

/** An answer of preview 1: a number in place of an error. */
export class Errno extends Error {
  constructor(readonly number: number) {
    super(`errno ${number}`)
  }
}

const NUMBERS: Readonly<Record<ErrorCode, number>> = {
  access: 2,
  'bad-descriptor': BADF,
  busy: 10,
  'cross-device': 75,
  exist: 20,
  'file-too-large': 22,
  'illegal-byte-sequence': ILSEQ,
  'insufficient-memory': 48,
  'insufficient-space': 51,
  interrupted: 27,
  invalid: INVAL,
  'invalid-seek': SPIPE,
  io: IO,
  'is-directory': 31,
  loop: 32,
  'name-too-long': 37,
  'no-device': 43,
  'no-entry': 44,
  'no-such-device': 60,
  'not-directory': 54,
  'not-empty': 55,
  'not-permitted': 63,
  overflow: OVERFLOW,
  pipe: 64,
  quota: 19,
  'read-only': 69,
  'text-file-busy': 74,
  'too-many-links': 34,
  unsupported: NOTSUP,
  'would-block': 6,
}

/** Runs one function of the interface. */
export function numbered(step: () => Awaitable<void>): Awaitable<number> {
  return rescue(() => chain(step(), () => SUCCESS), numberFor)
}

/** The answer that an error is; what is none, an end of the instance, is thrown on. */
export function numberFor(error: unknown): number {
  if (error instanceof Errno) return error.number
  if (ComponentError.is(error)) return numberOf(error.payload)
  throw error
}

function numberOf(payload: unknown): number {
  if (typeof payload === 'string') return NUMBERS[payload as ErrorCode] ?? IO
  const { tag, val } = payload as { tag: string; val?: IoError }
  if (tag !== 'last-operation-failed' || val === undefined) return NUMBERS.pipe
  return NUMBERS[codeOf(val, 'filesystem') as ErrorCode] ?? IO
}
