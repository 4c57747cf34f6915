import type { CoreExternType, CoreFuncType } from '../types/index.js'

/** Why `actual` cannot be imported as `expected`, or null (core specification, "Import Subtyping"). */
export function coreMismatch(actual: CoreExternType, expected: CoreExternType): string | null {
  if (actual.kind === 'func' && expected.kind === 'func') {
    return sameCoreFunc(actual, expected) ? null : differ(showFunc(expected), showFunc(actual))
  }
  if (actual.kind === 'memory' && expected.kind === 'memory') {
    if (actual.shared !== expected.shared) return 'memories differ in being shared'
    if (actual.memory64 !== expected.memory64) return 'memories differ in their index type'
    return limitsFit(actual, expected) ? null : 'the limits of the memory do not fit'
  }
  if (actual.kind === 'table' && expected.kind === 'table') {
    if (actual.element !== expected.element) return differ(expected.element, actual.element)
    return limitsFit(actual, expected) ? null : 'the limits of the table do not fit'
  }
  if (actual.kind === 'global' && expected.kind === 'global') {
    if (actual.mutable !== expected.mutable) return 'globals differ in being mutable'
    return actual.type === expected.type ? null : differ(expected.type, actual.type)
  }
  if (actual.kind === 'tag' && expected.kind === 'tag') {
    return sameCoreFunc(actual.type, expected.type) ? null : 'tags differ in their type'
  }
  return differ(expected.kind, actual.kind)
}

export function sameCoreFunc(a: CoreFuncType, b: CoreFuncType): boolean {
  return sameList(a.params, b.params) && sameList(a.results, b.results)
}

/** A core signature for messages. */
export function showFunc({ params, results }: CoreFuncType): string {
  return `(${params.join(', ')}) -> (${results.join(', ')})`
}

interface Limits {
  readonly min: number
  readonly max: number | null
}

function limitsFit(actual: Limits, expected: Limits): boolean {
  if (actual.min < expected.min) return false
  return expected.max === null || (actual.max !== null && actual.max <= expected.max)
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

function differ(expected: string, actual: string): string {
  return `expected ${expected}, found ${actual}`
}
