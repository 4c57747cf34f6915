import type { CounterType } from '@wasm-plugin/wasi'
import { storeError } from '@wasm-plugin/wasi'

/** Of the largest u64. */
const MAX_DIGITS = 20

/** A counter is kept as decimal digits, which other programs that know the store can read. */
export function incremented(
  value: Uint8Array | undefined,
  delta: bigint,
  type: CounterType,
): { readonly sum: bigint; readonly value: Uint8Array } {
  const text = value === undefined ? '0' : new TextDecoder().decode(value.slice(0, MAX_DIGITS + 2))
  if (!/^-?\d{1,20}$/.test(text)) throw storeError({ tag: 'other', val: 'the value is not a whole number' })
  const sum = BigInt(text) + delta
  const fits = type === 'u64' ? BigInt.asUintN(64, sum) : BigInt.asIntN(64, sum)
  if (fits !== sum) throw storeError({ tag: 'other', val: `the sum does not fit ${type}` })
  return { sum, value: new TextEncoder().encode(String(sum)) }
}
