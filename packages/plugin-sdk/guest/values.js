// Conversions between QuickJS's values of the component model and those of plugins.

/** A number holds integers up to 2^53 exactly. Beyond that the value is refused: a wrong one would go unnoticed. */
export function lift64(value) {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} ${BEYOND}`)
  return BigInt(value)
}

export function lower64(value) {
  const number = Number(BigInt(value))
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} ${BEYOND}`)
  return number
}

const BEYOND = "is a 64-bit integer beyond 2^53, which the qjs engine cannot pass; engine 'starling' can"

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
