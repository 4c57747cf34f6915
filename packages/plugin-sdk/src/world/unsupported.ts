import type { ExternType, FuncType, ValueType } from '@wasm-plugin/runtime'
import { childTypes } from '@wasm-plugin/runtime/internal'
import { errors } from '../errors/index.js'
import { printType } from '../wit/print.js'
import type { World } from './world.js'

/** What a world has that not every plugin can implement or call. */
export interface Unsupported {
  /** The function, or the type that no function uses: `acme:site/render#page.lines`. */
  readonly item: string
  /** `the type stream<u8>`, `an async function` */
  readonly feature: string
}

/**
 * Refuses a world that the bindings of a language cannot express, or that no host of ours runs, before any tool is
 * asked: tools fail in ways of their own, or make a component that no application loads.
 *
 * @param lacking what the language itself has no form for, as the end of "which uses …"
 * @throws {TYPE_UNSUPPORTED}
 */
export function refuseUnsupported(
  world: World,
  language: string,
  lacking: (type: ValueType) => string | null = () => null,
): void {
  const [everywhere] = unsupportedItems(world, (type) => featureOf(type, world))
  if (everywhere !== undefined) throw errors.TYPE_UNSUPPORTED({ language, ...everywhere, elsewhere: false })
  const [here] = unsupportedItems(world, (type) => (type.kind === 'func' ? null : lacking(type)))
  if (here !== undefined) throw errors.TYPE_UNSUPPORTED({ language, ...here, elsewhere: true })
}

/** The same as sentences, for a language whose own tools express it: the component may be for another host. */
export function unsupportedWarnings(world: World): string[] {
  return unsupportedItems(world, (type) => featureOf(type, world)).map(
    ({ item, feature }) =>
      `${item} uses ${feature}: an application loads no plugin that imports or exports it`,
  )
}

type Feature = (type: ValueType | FuncType) => string | null

/** What the runtime decodes and does not run. */
function featureOf(type: ValueType | FuncType, world: World): string | null {
  if (type.kind === 'func') return type.async ? 'an async function' : null
  const isRun = !ASYNC.has(type.kind) && !(type.kind === 'list' && type.length !== undefined)
  if (isRun) return null
  return `the type ${printType(type, (part) => (part === type ? undefined : world.names.get(part)?.name))}`
}

const ASYNC = new Set(['stream', 'future', 'error-context', 'map'])

/** Functions first: a type is named where it is used, and by itself only where nothing uses it. */
function unsupportedItems(world: World, feature: Feature): Unsupported[] {
  const items = [...itemsOf(world)].filter(([, item]) => item.kind === 'func' || item.kind === 'type')
  const seen = new Set<ValueType>()
  return ['func', 'type'].flatMap((kind) =>
    items.flatMap(([name, item]) => {
      const type = item.kind === 'type' ? item.type : item
      if (item.kind !== kind || !isValueOrFunc(type)) return []
      const inIt = featureIn(type, feature, seen)
      return inIt === null ? [] : [{ item: name, feature: inIt }]
    }),
  )
}

/** Imports and exports by the name that an author knows them by: `acme:site/render#page.lines`. */
function* itemsOf(world: World): Generator<[string, ExternType]> {
  for (const [name, item] of [...world.imports, ...world.exports]) {
    if (item.kind !== 'instance') yield [`${world.id}#${name}`, item]
    else for (const [inner, member] of item.exports) yield [`${name}#${inner.replace(/^\[.*\]/, '')}`, member]
  }
}

function isValueOrFunc(type: { kind: string }): type is ValueType | FuncType {
  return !['resource', 'instance', 'component', 'module'].includes(type.kind)
}

function featureIn(type: ValueType | FuncType, feature: Feature, seen: Set<ValueType>): string | null {
  if (type.kind !== 'func') {
    if (seen.has(type)) return null
    seen.add(type)
  }
  const own = feature(type)
  if (own !== null) return own
  for (const part of childTypes(type)) {
    const inner = featureIn(part, feature, seen)
    if (inner !== null) return inner
  }
  return null
}
