export type AnyFunction = (...args: unknown[]) => unknown

export function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** A function of an object or of its class, but never what every object has. */
export function memberOf(object: unknown, key: string): AnyFunction | undefined {
  if (!isObject(object) || (key in Object.prototype && !Object.hasOwn(object, key))) return undefined
  const value = object[key]
  return typeof value === 'function' ? (value as AnyFunction) : undefined
}
