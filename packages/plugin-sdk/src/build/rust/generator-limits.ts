import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { ExternType, FuncType, ValueType } from '@wasm-plugin/runtime'
import { childTypes } from '@wasm-plugin/runtime/internal'
import { errors } from '../../errors/index.js'
import { parseFunctionName } from '../../world/function-name.js'
import { isResource } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import { upperCamel } from './names.js'

/**
 * What `generate!` of wit-bindgen 0.63 writes no code for that compiles: a `TYPE_UNSUPPORTED` that names it, or null. A
 * test shows of each that the macro still fails, so that a newer version shortens the list.
 */
export function generatorLimit(world: World) {
  for (const scope of scopesOf(world))
    for (const limit of LIMITS)
      for (const [name, feature] of limit(scope))
        return errors.TYPE_UNSUPPORTED({
          language: 'Rust',
          item: `${scope.id}#${name}`,
          feature,
          elsewhere: true,
        })
  return null
}

interface Scope {
  readonly id: string
  /** Of an interface of the world, or of the world itself. */
  readonly isExported: boolean
  readonly isWorld: boolean
  readonly items: readonly (readonly [name: string, item: ExternType])[]
  readonly world: World
}

/** Items and what is the matter with them. */
type Limit = (scope: Scope) => Iterable<[item: string, feature: string]>

function scopesOf(world: World): Scope[] {
  return [world.imports, world.exports].flatMap((items, direction) => {
    const isExported = direction === 1
    const own = [...items].filter(([, item]) => item.kind !== 'instance')
    const interfaces = [...items].flatMap(([id, item]) =>
      item.kind === 'instance'
        ? [{ id, isExported, isWorld: false, items: [...item.exports], world } satisfies Scope]
        : [],
    )
    return [...interfaces, { id: world.id, isExported, isWorld: true, items: own, world }]
  })
}

const LIMITS: readonly Limit[] = [
  selfTypes,
  handleTypes,
  gen,
  resourceNames,
  guests,
  members,
  lentLists,
  exportsModule,
]

function* selfTypes({ items }: Scope): ReturnType<Limit> {
  for (const [name, item] of items) {
    if (item.kind !== 'type') continue
    if (upperCamel(name) === 'Self') yield [name, 'a type of the name "self"']
    const cases =
      item.type.kind === 'variant'
        ? item.type.cases.map((one) => one.name)
        : item.type.kind === 'enum'
          ? item.type.labels
          : []
    if (cases.some((one) => upperCamel(one) === 'Self')) yield [name, 'a case of the name "self"']
  }
}

function* handleTypes({ items }: Scope): ReturnType<Limit> {
  for (const [name, item] of items)
    if (
      item.kind === 'type' &&
      item.bound === 'eq' &&
      (item.type.kind === 'own' || item.type.kind === 'borrow')
    )
      yield [name, `a name for ${item.type.kind}<${item.type.resource.name}>`]
}

/** A word since the edition of 2024, which the macro does not know. */
function* gen({ id, items }: Scope): ReturnType<Limit> {
  const feature = 'the name "gen", a word of Rust since its edition of 2024'
  const isGen = (name: string) => name.toLowerCase() === 'gen'
  if (withoutVersion(id).split(/[:/]/).some(isGen))
    for (const [name] of items.slice(0, 1)) yield [name, feature]
  for (const [name, item] of items) {
    if (item.kind === 'func') {
      const parsed = parseFunctionName(name)
      if (parsed.kind !== 'constructor' && isGen(parsed.name)) yield [shown(name), feature]
      if (item.params.some((param) => isGen(param.name))) yield [shown(name), feature]
    }
    if (item.kind === 'type' && item.type.kind === 'record' && item.type.fields.some((f) => isGen(f.name)))
      yield [name, feature]
  }
}

/** A resource of the plugin has a trait and a type for what is lent beside it. */
function* resourceNames({ items, isExported, world }: Scope): ReturnType<Limit> {
  if (!isExported) return
  const names = new Map(
    items.flatMap(([name, item]) => (item.kind === 'type' ? [[upperCamel(name), name]] : [])),
  )
  for (const [name, item] of items) {
    if (item.kind !== 'type' || item.type.kind !== 'resource') continue
    const isOwn = world.names.get(item.type)?.direction === 'export'
    const beside = [
      isResource(item) ? names.get(`Guest${upperCamel(name)}`) : undefined,
      isOwn ? names.get(`${upperCamel(name)}Borrow`) : undefined,
    ].find((other) => other !== undefined)
    if (beside !== undefined) yield [beside, `the name "${beside}" beside a resource "${name}"`]
  }
}

/** `Guest` is the trait that the plugin implements: a type called so becomes `Guest_`, but not everywhere. */
function* guests({ items, isExported }: Scope): ReturnType<Limit> {
  for (const [name, item] of items)
    if (
      isExported &&
      item.kind === 'type' &&
      upperCamel(name) === 'Guest' &&
      (name !== 'guest' || isResource(item))
    )
      yield [name, `a ${isResource(item) ? 'resource' : 'type'} of the name "${name}"`]
}

/** A constructor is the function `new`, and the application's resources have functions of the macro's. */
function* members({ items, isExported }: Scope): ReturnType<Limit> {
  const constructed = new Set<string>()
  for (const [name] of items) {
    const parsed = parseFunctionName(name)
    if (parsed.kind === 'constructor') constructed.add(parsed.resource)
  }
  for (const [name] of items) {
    const parsed = parseFunctionName(name)
    if (parsed.kind !== 'method' && parsed.kind !== 'static') continue
    const member = parsed.name.toLowerCase()
    if (member === 'new' && constructed.has(parsed.resource))
      yield [shown(name), 'a function "new" beside a constructor']
    if (!isExported && HANDLE_FUNCTIONS.has(member))
      yield [shown(name), `a function "${parsed.name}" of a resource that is imported`]
  }
}

const HANDLE_FUNCTIONS = new Set(['handle', 'take-handle', 'from-handle'])

/** One variable holds what is lent, whatever the list has. */
function* lentLists({ items, isExported, world }: Scope): ReturnType<Limit> {
  if (!isExported) return
  const isLent = (type: ValueType) =>
    type.kind === 'borrow' && world.names.get(type.resource)?.direction !== 'export'
  for (const [name, item] of items)
    if (item.kind === 'func' && has(item, (type) => type.kind === 'list' && has(type, isLent)))
      yield [shown(name), 'a list of what the application lends']
}

function has(type: ValueType | FuncType, is: (type: ValueType) => boolean): boolean {
  return childTypes(type).some((child) => is(child) || has(child, is))
}

/** What is exported is in a module of this name. */
function* exportsModule({ id, items, isExported, isWorld, world }: Scope): ReturnType<Limit> {
  const isTaken = !isExported && !isWorld && id.split(':')[0] === 'exports'
  if (isTaken && [...world.exports.values()].some(({ kind }) => kind === 'instance'))
    for (const [name] of items.slice(0, 1)) yield [shown(name), 'the namespace "exports"']
}

/** `[method]thing.new` is `thing.new`. */
function shown(name: string): string {
  return name.replace(/^\[[a-z]+\]/, '')
}
