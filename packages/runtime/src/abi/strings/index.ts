import type { FuncContext } from '../func-context.js'
import { liftLatin1OrUtf16, lowerLatin1OrUtf16 } from './latin1-utf16.js'
import { liftUtf8, lowerUtf8 } from './utf8.js'
import { liftUtf16, lowerUtf16 } from './utf16.js'

/** Reads a string out of guest memory. @throws {ABI_TRAP | LIMIT_EXCEEDED} */
export type LiftString = (cx: FuncContext, pointer: number, length: number) => string

/**
 * Writes a string into memory that the guest allocates, and returns the pointer; the length in the units of the
 * encoding is left in `cx.store.stringLength`, which saves an object per string.
 */
export type LowerString = (cx: FuncContext, value: string) => number

export const liftString: Readonly<Record<FuncContext['encoding'], LiftString>> = {
  utf8: liftUtf8,
  utf16: liftUtf16,
  'latin1+utf16': liftLatin1OrUtf16,
}

export const lowerString: Readonly<Record<FuncContext['encoding'], LowerString>> = {
  utf8: lowerUtf8,
  utf16: lowerUtf16,
  'latin1+utf16': lowerLatin1OrUtf16,
}
