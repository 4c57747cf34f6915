import { parseFunctionName, pascalCase } from '@wasm-plugin/runtime/internal'

type Call = (...args: unknown[]) => unknown

/**
 * How a function of an imported interface is called on what the application gave for it; undefined when there is none.
 * Its names are the plugin's: what every object, class or function has is never found by them.
 */
export function hostCall(object: unknown, name: string): Call | undefined {
  const parsed = parseFunctionName(name)
  if (parsed.kind === 'plain') {
    const call = member(object, parsed.member)
    return call && ((...args) => Reflect.apply(call, object, args))
  }
  return classCall(member(object, pascalCase(parsed.resource)), parsed)
}

/** The same for a function of the world itself: `value` is the function, or the class of its resource. */
export function worldCall(value: unknown, name: string): Call | undefined {
  if (typeof value !== 'function') return undefined
  const parsed = parseFunctionName(name)
  return parsed.kind === 'plain' ? (...args) => value(...args) : classCall(value as Call, parsed)
}

function classCall(
  Class: Call | undefined,
  parsed: Exclude<ReturnType<typeof parseFunctionName>, { kind: 'plain' }>,
): Call | undefined {
  if (Class === undefined) return undefined
  switch (parsed.kind) {
    case 'constructor':
      return (...args) => Reflect.construct(Class, args)
    case 'static': {
      const call = member(Class, parsed.member)
      return call && ((...args) => Reflect.apply(call, Class, args))
    }
    case 'method':
      if (!member(Class.prototype, parsed.member)) return undefined
      return (self, ...args) =>
        Reflect.apply((self as Record<string, Call>)[parsed.member] as Call, self, args)
  }
}

/** Where `hostCall` looks for a function, as its author would write it: `Counter.prototype.next`. */
export function propertyOf(name: string): string {
  const parsed = parseFunctionName(name)
  if (parsed.kind === 'plain') return parsed.member
  const owner = pascalCase(parsed.resource)
  if (parsed.kind === 'constructor') return owner
  return `${owner}.${parsed.kind === 'method' ? 'prototype.' : ''}${parsed.member}`
}

/** A function that is an own property or inherited from a class of the application. */
function member(object: unknown, name: string): Call | undefined {
  let holder = object
  while (isObject(holder) && holder !== Object.prototype && holder !== Function.prototype) {
    if (Object.hasOwn(holder, name)) {
      const value = (holder as Record<string, unknown>)[name]
      return typeof value === 'function' ? (value as Call) : undefined
    }
    holder = Object.getPrototypeOf(holder)
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
