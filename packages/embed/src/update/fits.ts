import { matchName } from '@wasm-plugin/manifest/names'
import type { Contract, ExportedFunction } from '../contract/contract.js'
import { TypeNumbers } from './type-numbers.js'

/** An export that the application has, and that the next build does not have as it is. */
export interface Misfit {
  /** `namespace:package/interface@version#function` */
  readonly name: string
  readonly difference: 'missing' | 'of another type'
}

/**
 * What keeps `next` from taking the place of `now`: everything that the application can call has to be there, with the same
 * types. An interface may have a newer version that is compatible.
 */
export function* misfitOf(now: Contract, next: Contract): Generator<void, Misfit | undefined> {
  const numbers = new TypeNumbers(now.origins, next.origins)
  const counterpart = counterpartIn(next)
  for (const func of now.functions) {
    yield
    const other = counterpart(func)
    if (other === undefined) return { name: func.name, difference: 'missing' }
    if (numbers.textOf(func.type) !== numbers.textOf(other.type))
      return { name: func.name, difference: 'of another type' }
  }
  return undefined
}

/** Finds what a function of another contract is in this one. */
export function counterpartIn(
  contract: Contract,
): (func: Pick<ExportedFunction, 'name' | 'place'>) => ExportedFunction | undefined {
  const exact = new Set(contract.names)
  return ({ place: [instance, func], name }) => {
    if (instance === null || exact.has(instance)) return contract.has(name) ? contract.find(name) : undefined
    const compatible = `${matchName(instance, exact)}#${func}`
    return contract.has(compatible) ? contract.find(compatible) : undefined
  }
}
