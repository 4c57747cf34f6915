import { matchName } from '@wasm-plugin/manifest/names'
import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { camelCase } from '@wasm-plugin/runtime/internal'
import { closest, showText } from '@wasm-plugin/runtime/text'
import { findMismatch, type GrantSet, offerOf, resourceNames } from '@wasm-plugin/wasi'
import { type ForeignResource, foreignResources } from '../contract/foreign.js'
import { functionHandles } from '../contract/handles.js'
import { hostCall, propertyOf, worldCall } from '../contract/host-call.js'
import type { HostFunction, HostFunctions } from '../contract/host-function.js'
import type { ResourceOrigins } from '../contract/origin.js'
import { worldItem } from '../contract/world-item.js'
import { errors } from '../errors/index.js'
import type { Isolation } from '../options/given.js'
import type { ImportSource } from '../wire/messages.js'

export interface ImportPlan {
  readonly sources: readonly ImportSource[]
  /** For a plugin in a thread: called on the host's thread, one by one. */
  readonly functions: HostFunctions
  /** For a plugin in the application's thread: what the application gave, by the component's name. */
  readonly objects: ReadonlyMap<string, unknown>
}

export interface PlanContext {
  readonly plugin: string
  readonly grants: GrantSet
  readonly isolation: Isolation
  readonly origins: ResourceOrigins
}

/**
 * Decides where each import of a component comes from: the application first, then the granted WASI interfaces.
 *
 * @throws {IMPORT_NOT_GRANTED} {IMPORT_MISMATCH} {HOST_FUNCTION_MISSING} {UNSUPPORTED_IN_WORKER}
 */
export function planImports(
  imports: ReadonlyMap<string, ExternType>,
  provided: ReadonlyMap<string, unknown>,
  context: PlanContext,
): ImportPlan {
  const sources: ImportSource[] = []
  const functions = new Map<string | null, Map<string, HostFunction>>()
  const objects = new Map<string, unknown>()
  const resources = resourceNames(imports)
  const foreign = foreignResources(context.origins)
  for (const [name, type] of imports) {
    const item = worldItem(name, type)
    const offered = offeredName(name, type, provided)
    if (offered !== undefined) {
      const value = provided.get(offered)
      objects.set(name, value)
      // In the application's thread the runtime takes the object as it is, resources included.
      if (context.isolation !== 'inline')
        addFunctions(functions, { name, type, value, plugin: context.plugin }, foreign)
      sources.push({ name, from: 'app' })
    } else if (isOwnResource(type)) {
      // One without functions needs no class: any object of the application stands for it.
      sources.push({ name, from: 'app' })
    } else if (needsSource(type)) {
      const offer = offerOf(name, context.grants)
      if (offer.kind === 'unknown')
        throw errors.IMPORT_NOT_GRANTED({
          name: item?.wit ?? name,
          plugin: context.plugin,
          fix: `${item?.fix ?? offer.fix}${misspelt(name, imports, provided)}`,
        })
      const mismatch = type.kind === 'instance' && findMismatch(name, type, resources)
      if (mismatch) throw errors.IMPORT_MISMATCH({ plugin: context.plugin, name, ...mismatch })
      sources.push({ name, from: 'wasi' })
    }
  }
  return { sources, functions, objects }
}

/** A name that the application gave and that nothing asks for may be this one. */
function misspelt(
  name: string,
  imports: ReadonlyMap<string, ExternType>,
  provided: ReadonlyMap<string, unknown>,
): string {
  const asked = new Set([...imports].map(([other, type]) => offeredName(other, type, provided)))
  const spare = [...provided.keys()].filter((key) => !asked.has(key))
  const guess = closest(name, spare) ?? closest(camelCase(name), spare)
  return guess === undefined ? '' : ` The application provides "${showText(guess, 100)}": is that meant?`
}

/** What is of the world itself goes by its name in JavaScript; a function's WIT name does as well. */
export function offeredName(
  name: string,
  type: ExternType,
  provided: ReadonlyMap<string, unknown>,
): string | undefined {
  const item = worldItem(name, type)
  if (item === undefined) return matchName(name, provided.keys())
  return item.keys.find((key) => provided.has(key))
}

/** A resource of the world itself. */
function isOwnResource(type: ExternType): boolean {
  return type.kind === 'type' && type.bound === 'sub' && type.type.kind === 'resource'
}

/** An interface of types only asks for nothing. */
export function needsSource(type: ExternType): boolean {
  if (type.kind !== 'instance') return type.kind !== 'type'
  return [...type.exports.values()].some((e) => e.kind === 'func' || (e.kind === 'type' && e.bound === 'sub'))
}

interface Provided {
  readonly name: string
  readonly type: ExternType
  readonly value: unknown
  readonly plugin: string
}

function addFunctions(
  functions: Map<string | null, Map<string, HostFunction>>,
  provided: Provided,
  foreign: ForeignResource,
): void {
  const { name, type, value, plugin } = provided
  if (type.kind === 'func') {
    const call = worldCall(value, name)
    if (call === undefined) throw errors.HOST_FUNCTION_MISSING({ name, plugin, property: propertyOf(name) })
    const world = functions.get(null) ?? new Map()
    functions.set(null, world.set(name, hostFunction(name, type, { call, foreign })))
    return
  }
  if (type.kind !== 'instance') return
  const table = new Map<string, HostFunction>()
  for (const [func, item] of type.exports) {
    if (item.kind !== 'func') continue
    const full = `${name}#${func}`
    const call = hostCall(value, func)
    if (call === undefined)
      throw errors.HOST_FUNCTION_MISSING({ name: full, plugin, property: propertyOf(func) })
    table.set(func, hostFunction(full, item, { call, foreign }))
  }
  functions.set(name, table)
}

function hostFunction(
  name: string,
  type: FuncType,
  { call, foreign }: { call: HostFunction['call']; foreign: ForeignResource },
): HostFunction {
  const resource = foreign(type)
  if (resource !== undefined)
    throw errors.UNSUPPORTED_IN_WORKER({
      name,
      reason: `it passes a ${resource}, which lives in the plugin's thread`,
    })
  return { name, type, call, handles: functionHandles(type) }
}
