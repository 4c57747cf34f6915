/** Deeper than any options are. */
const MAX_DEPTH = 16

export type Invalid = (path: string, reason: string) => Error

/**
 * A copy of options that has their own properties alone, on objects that inherit nothing: what a prototype has, of the
 * object or of all objects, is no option and no grant. Objects of other kinds, such as bytes and signals, are left as they
 * are.
 *
 * @param invalid Makes the error for what cannot be read.
 */
export function ownData(value: unknown, invalid: Invalid, path = '', depth = 0): unknown {
  if (depth > MAX_DEPTH) throw invalid(path, 'it is nested too deeply')
  if (Array.isArray(value))
    return Array.from(value, (item, index) => ownData(item, invalid, `${path}[${index}]`, depth + 1))
  if (!isRecord(value)) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    const place = path === '' ? key : `${path}.${key}`
    // Schemas pass over it, and a grant must not vanish.
    if (key === '__proto__') throw invalid(place, 'this cannot be a name')
    copy[key] = ownData(item, invalid, place, depth + 1)
  }
  return copy
}

/** The value of an own property, which is all that a name may lead to. */
export function ownValue<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]'
}
