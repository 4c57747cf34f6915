import type { ExternType, FuncType, InstanceType, ResourceType } from '@wasm-plugin/runtime'
import { camelCase, pascalCase } from '../wit/names.js'
import { type FunctionName, parseFunctionName } from './function-name.js'
import type { World } from './world.js'

/** An imported or exported interface, or the functions of the world itself, with their names in JavaScript. */
export interface Scope {
  /** Interface id; the world's own id for its functions. */
  readonly id: string
  readonly isWorld: boolean
  readonly functions: readonly NamedFunction[]
  /** By WIT name. */
  readonly resources: readonly Resource[]
}

export interface NamedFunction {
  /** As in the binary: `log`, `[method]counter.add`. */
  readonly wit: string
  readonly name: string
  readonly type: FuncType
}

export interface Resource {
  readonly wit: string
  readonly name: string
  readonly type: ResourceType
  readonly members: readonly (NamedFunction & { readonly kind: 'constructor' | 'method' | 'static' })[]
}

/** The scopes that have something to call, the world's own functions last. */
export function scopesOf(world: World, direction: 'import' | 'export'): Scope[] {
  const items = direction === 'import' ? world.imports : world.exports
  const scopes = [...items].flatMap(([id, item]) =>
    item.kind === 'instance' ? [scopeOf(id, item, false)] : [],
  )
  const own = new Map([...items].filter(([, item]) => item.kind === 'func'))
  return [...scopes, scopeOf(world.id, { exports: own }, true)].filter(
    ({ functions, resources }) => functions.length + resources.length > 0,
  )
}

/** The name under which a plugin exports an interface: `acme:site/render@0.1.0` → `render`. */
export function exportName(id: string): string {
  return camelCase(id.split('@')[0]!.split('/').at(-1)!)
}

/** An id without its version: what authors usually write. */
export function withoutVersion(id: string): string {
  return id.split('@')[0]!
}

function scopeOf(
  id: string,
  { exports }: Pick<InstanceType, 'exports'> | { exports: ReadonlyMap<string, ExternType> },
  isWorld: boolean,
): Scope {
  const functions: NamedFunction[] = []
  const resources = new Map<string, Resource & { members: Resource['members'][number][] }>()
  for (const [wit, item] of exports) {
    if (item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource')
      resources.set(wit, { wit, name: pascalCase(wit), type: item.type, members: [] })
    if (item.kind !== 'func') continue
    const parsed = parseFunctionName(wit)
    if (parsed.kind === 'function') functions.push({ wit, name: camelCase(wit), type: item })
    else resources.get(parsed.resource)?.members.push({ wit, ...memberOf(parsed), type: item })
  }
  return { id, isWorld, functions, resources: [...resources.values()] }
}

function memberOf(parsed: Exclude<FunctionName, { kind: 'function' }>) {
  return parsed.kind === 'constructor'
    ? { kind: parsed.kind, name: 'constructor' }
    : { kind: parsed.kind, name: camelCase(parsed.name) }
}
