import { withoutVersion } from '@wasm-plugin/manifest/names'
import { type GatedImports, taken } from '../capability/gated-imports.js'
import { fieldsOf } from './parse.js'

type ImportEntries = readonly (readonly [string, unknown])[]

/** By name; an interface of the load stands for every version of it that the host has, and none for that of a capability. */
export function mergedImports(
  host: ImportEntries,
  load: ImportEntries,
  { entries, owners }: GatedImports,
): ReadonlyMap<string, unknown> {
  const own = new Set(load.map(([name]) => withoutVersion(name)))
  const given = [...host.filter(([name]) => !own.has(withoutVersion(name))), ...load]
  for (const [name] of given) {
    const owner = owners.get(withoutVersion(name))
    if (owner !== undefined) throw taken('imports', name, owner)
  }
  return new Map([...given, ...entries])
}

export function importEntries(imports: unknown, where: string): ImportEntries {
  if (imports === undefined) return []
  return Object.entries(fieldsOf(imports as object, `${where}.imports`))
}
