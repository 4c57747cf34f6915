import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { ResourceType } from '@wasm-plugin/runtime'
import { pascalCase } from '@wasm-plugin/runtime/internal'
import type { Contract, ExportedFunction } from './contract.js'

type Table = Record<string, unknown>

/** What a contract's functions and resources are given out as. */
export interface Binding {
  bind(func: ExportedFunction): (...args: unknown[]) => unknown
  /** The class of each resource that the plugin exports. */
  readonly classes: { get(type: ResourceType): unknown }
}

/**
 * The functions and classes of a contract by interface, with and without its version. Null-prototype tables, in which
 * nothing goes by a name that JavaScript looks for by itself, see `memberName`.
 */
export function exportTable({ functions, origins }: Contract, { bind, classes }: Binding): object {
  const table: Table = Object.create(null)
  const interfaces = new Map<string, Table>()
  const put = (instance: string | null, name: string, value: unknown) => {
    const owner = instance === null ? table : (interfaces.get(instance) ?? Object.create(null))
    if (instance !== null) interfaces.set(instance, owner)
    owner[name] = value
  }
  for (const func of functions) if (func.kind === 'plain') put(func.instance, func.func, bind(func))
  for (const [type, { instance, name }] of origins) {
    const Class = classes.get(type)
    if (Class !== undefined) put(instance, pascalCase(name), Class)
  }
  for (const [name, members] of interfaces) table[name] = members
  // An exact name always wins over the versionless name of another interface.
  for (const [name, members] of interfaces) table[withoutVersion(name)] ??= members
  return table
}
