// Conversions between QuickJS's values of the component model and those of plugins.

// Integers of 64 bits come as numbers, or as hexadecimal texts beyond 2^53; they go as hexadecimal texts. The build puts
// the other end of this in the engine (`wide-integers.ts`).
export const liftU64 = (value) => (typeof value === 'string' ? BigInt(`0x${value}`) : BigInt(value))
export const liftS64 = (value) => BigInt.asIntN(64, liftU64(value))
export const lowerU64 = (value) => hexadecimal(value, BigInt.asUintN(64, BigInt(value)), 'u64')
export const lowerS64 = (value) => hexadecimal(value, BigInt.asIntN(64, BigInt(value)), 's64')

/** A value that does not fit is refused: the wrong one would go unnoticed. */
function hexadecimal(value, fitting, type) {
  if (fitting !== BigInt(value)) throw new RangeError(`${value} does not fit in ${type}`)
  return BigInt.asUintN(64, fitting).toString(16)
}

export function mapOption(value, absent, inner) {
  if (value === undefined || value === null) return absent
  return inner === undefined ? value : inner(value)
}

export function mapList(values, inner) {
  return Array.from(values, inner)
}

export function mapTuple(values, inner) {
  return inner.map((convert, i) => (convert === undefined ? values[i] : convert(values[i])))
}

export function mapFields(value, fields) {
  const mapped = { ...value }
  for (const name of Object.keys(fields)) mapped[name] = fields[name](value[name])
  return mapped
}

export function mapCase(value, cases) {
  const inner = Object.hasOwn(cases, value.tag) ? cases[value.tag] : undefined
  return inner === undefined ? value : { tag: value.tag, val: inner(value.val) }
}
