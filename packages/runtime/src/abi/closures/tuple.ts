import { fieldOffsets, layoutOf, type TupleType, type ValueType } from '../../types/index.js'
import { abiTrap, type FuncContext } from '../func-context.js'
import type { JsValue } from '../js-value.js'
import { codecOf } from './index.js'

/** Parameters or a result that pass through memory: a tuple behind one pointer. */
export interface SpilledTuple {
  readonly items: readonly { readonly type: ValueType; readonly offset: number }[]
  readonly size: number
  readonly align: number
}

export function tupleOf(types: readonly ValueType[]): SpilledTuple {
  const offsets = fieldOffsets(types)
  const tuple: TupleType = { kind: 'tuple', items: types }
  return { items: types.map((type, i) => ({ type, offset: offsets[i]! })), ...layoutOf(tuple) }
}

export function storeTuple(
  cx: FuncContext,
  { items }: SpilledTuple,
  pointer: number,
  ...[values]: [readonly JsValue[]]
): void {
  items.forEach(({ type, offset }, i) => {
    codecOf(type).store(cx, pointer + offset, values[i])
  })
}

/** @throws {ABI_TRAP} the pointer is misaligned or out of bounds */
export function loadTuple(cx: FuncContext, tuple: SpilledTuple, pointer: number): JsValue[] {
  requireTuple(cx, tuple, pointer)
  return tuple.items.map(({ type, offset }) => codecOf(type).load(cx, pointer + offset))
}

/** @throws {ABI_TRAP} the pointer is misaligned or out of bounds */
export function requireTuple(cx: FuncContext, { size, align }: SpilledTuple, pointer: number): void {
  if (pointer & (align - 1)) throw abiTrap('the pointer to parameters or results is misaligned')
  if (pointer + size > cx.memory.bytes.length) throw abiTrap('parameters or results are out of bounds')
}
