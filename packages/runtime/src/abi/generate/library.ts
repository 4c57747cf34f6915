import { ComponentError } from '../../errors/index.js'
import type { HandleType } from '../../types/index.js'
import { abiTrap, type FuncContext } from '../func-context.js'
import { handleMismatch, isChar, requireArguments, unreadable } from '../mismatch.js'
import { ownField } from '../own-field.js'
import { endTask, liftBorrow, liftOwn, lowerBorrow, lowerOwn } from '../resources.js'
import { guestThrew, hostThrew, isPromise, requireHostResult, unreadableResult } from '../result.js'
import { liftChar, narrow, widen } from '../scalars.js'
import { isDetached } from '../typed-arrays.js'

/** What generated code calls, by the names it uses. */
export const library = {
  ComponentError,
  badDiscriminant(): never {
    throw abiTrap('a discriminant is out of range')
  },
  badPointer(): never {
    throw abiTrap('the pointer to parameters or results is misaligned or out of bounds')
  },
  endTask,
  guestThrew,
  hostThrew,
  isChar,
  isPromise,
  isValid: (cx: FuncContext, type: HandleType, value: unknown) => handleMismatch(cx, type, value) === null,
  isDetached,
  labelOf(labels: readonly string[], index: number): string {
    const label = labels[index]
    if (label === undefined) throw abiTrap('a discriminant is out of range')
    return label
  },
  liftBorrow,
  liftChar,
  liftOwn,
  lowerBorrow,
  lowerOwn,
  narrow,
  ownField,
  requireArguments,
  requireHostResult,
  unreadable,
  unreadableResult,
  widen,
}
