import type { ValueType } from '../../types/index.js'
import type { FuncContext } from '../func-context.js'
import type { CoreValue, JsValue } from '../js-value.js'

/**
 * How values of one type cross the boundary, as closures. This is the implementation for engines that forbid code
 * generation and for types too large to generate code for; `generate/` has the fast one.
 */
export interface Codec {
  /** Lifts from memory; the caller has checked that the bytes are inside it. */
  load(cx: FuncContext, pointer: number): JsValue
  /** Lowers to memory. */
  store(cx: FuncContext, pointer: number, value: JsValue): void
  /** Lifts from core values. */
  lift(cx: FuncContext, flat: FlatSource): JsValue
  /** Lowers to core values. */
  lower(cx: FuncContext, flat: CoreValue[], value: JsValue): void
}

/** Reads core values in order. */
export class FlatSource {
  private at = 0

  constructor(private readonly values: readonly CoreValue[]) {}

  next(): JsValue {
    return this.values[this.at++]
  }
}

export type CodecOf = (type: ValueType) => Codec
