import { pascalCase } from '@wasm-plugin/runtime'
import type { ResourceClasses } from '../resource/classes.js'
import type { Contract, ExportedFunction } from './contract.js'
import { withoutVersion } from './names.js'

type Table = Record<string, unknown>

/**
 * The functions and classes of a contract by interface, with and without its version. Null-prototype tables, so that an export
 * named `then` or `constructor` is an export and nothing else.
 */
export function exportTable(
  { functions, origins }: Contract,
  {
    bind,
    classes,
  }: { bind: (func: ExportedFunction) => (...args: unknown[]) => unknown; classes: ResourceClasses },
): object {
  const table: Table = Object.create(null)
  const put = (instance: string | null, name: string, value: unknown) => {
    if (instance === null) {
      table[name] = value
      return
    }
    table[instance] ??= Object.create(null)
    ;(table[instance] as Table)[name] = value
    table[withoutVersion(instance)] ??= table[instance]
  }
  for (const func of functions) if (func.kind === 'plain') put(func.instance, func.func, bind(func))
  for (const [type, { instance, name }] of origins) {
    const Class = classes.get(type)
    if (Class !== undefined) put(instance, pascalCase(name), Class)
  }
  return table
}
