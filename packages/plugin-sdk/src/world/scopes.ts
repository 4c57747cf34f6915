import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { ExternType, FuncType, InstanceType, ResourceType } from '@wasm-plugin/runtime'
import { camelCase, pascalCase } from '../wit/names.js'
import { type FunctionName, parseFunctionName } from './function-name.js'
import type { World } from './world.js'

/** An imported or exported interface, or what is of the world itself, with their names in JavaScript. */
export interface Scope {
  /** Interface id; the world's own id for what is in no interface. */
  readonly id: string
  readonly isWorld: boolean
  /** The name under which a plugin exports the interface; empty for the world itself. */
  readonly local: string
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

/** The scopes that have something to call or to pass, the world itself last. */
export function scopesOf(world: World, direction: 'import' | 'export'): Scope[] {
  const items = direction === 'import' ? world.imports : world.exports
  const scopes = [...items].flatMap(([id, item]) =>
    item.kind === 'instance' ? [scopeOf(id, item, false)] : [],
  )
  const own = new Map([...items].filter(([, item]) => item.kind !== 'instance'))
  const found = [...scopes, scopeOf(world.id, { exports: own }, true)].filter(
    ({ functions, resources }) => functions.length + resources.length > 0,
  )
  const names = localNames(found)
  return found.map((scope) => ({ ...scope, local: names.get(scope) ?? '' }))
}

/** `acme:site/render@0.1.0` is `render`, or `siteRender` where another is `render` too, and so on. */
function localNames(scopes: readonly Omit<Scope, 'local'>[]): ReadonlyMap<Omit<Scope, 'local'>, string> {
  const taken = new Set(
    scopes.flatMap(({ isWorld, functions }) => (isWorld ? functions.map(({ name }) => name) : [])),
  )
  const names = new Map<Omit<Scope, 'local'>, string>()
  let open = scopes.filter(({ isWorld }) => !isWorld)
  for (const spell of SPELLINGS) {
    const counts = new Map<string, number>()
    for (const { id } of open) counts.set(spell(id), (counts.get(spell(id)) ?? 0) + 1)
    const isFree = ({ id }: Omit<Scope, 'local'>) => counts.get(spell(id)) === 1 && !taken.has(spell(id))
    for (const scope of open.filter(isFree)) names.set(scope, spell(scope.id))
    open = open.filter((scope) => !names.has(scope))
  }
  return names
}

/** Names of an interface for its id, the shortest first; the last is its own alone. */
const SPELLINGS: readonly ((id: string) => string)[] = [
  (id) => camelCase(localName(id)),
  (id) => camelCase(partsOf(id).slice(-2).join('-')),
  (id) => camelCase(partsOf(id).join('-')),
  (id) => camelCase(id.replace(/\W+/g, '-')),
]

const partsOf = (id: string) => withoutVersion(id).split(/[:/]/)

/** `acme:site/render@0.1.0` → `render` */
export function localName(id: string): string {
  return partsOf(id).at(-1)!
}

function scopeOf(
  id: string,
  { exports }: Pick<InstanceType, 'exports'> | { exports: ReadonlyMap<string, ExternType> },
  isWorld: boolean,
): Omit<Scope, 'local'> {
  const functions: NamedFunction[] = []
  const resources = new Map<string, Resource & { members: Resource['members'][number][] }>()
  for (const [wit, item] of exports) {
    if (isResource(item)) resources.set(wit, { wit, name: pascalCase(wit), type: item.type, members: [] })
    if (item.kind !== 'func') continue
    const parsed = parseFunctionName(wit)
    if (parsed.kind === 'function') functions.push({ wit, name: camelCase(wit), type: item })
    else resources.get(parsed.resource)?.members.push({ wit, ...memberOf(parsed), type: item })
  }
  return { id, isWorld, functions, resources: [...resources.values()] }
}

/** A resource that its interface or world defines, and does not take from another. */
export function isResource(item: ExternType): item is ResourceExtern {
  return item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource'
}

type ResourceExtern = Extract<ExternType, { kind: 'type' }> & { readonly type: ResourceType }

function memberOf(parsed: Exclude<FunctionName, { kind: 'function' }>) {
  return parsed.kind === 'constructor'
    ? { kind: parsed.kind, name: 'constructor' }
    : { kind: parsed.kind, name: camelCase(parsed.name) }
}
