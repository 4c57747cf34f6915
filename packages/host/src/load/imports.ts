import type { ExternType } from '@wasm-plugin/runtime'
import { type GrantSet, offerOf } from '../capability/index.js'
import { errors } from '../errors/index.js'
import type { Isolation } from '../options.js'
import type { ImportSource } from '../wire/messages.js'
import { camelCase, matchName } from './names.js'

/** A function of the application, by the names that the component uses for it. */
export type HostFunctions = ReadonlyMap<string | null, ReadonlyMap<string, (...args: unknown[]) => unknown>>

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
}

/**
 * Decides where each import of a component comes from: the application first, then the granted WASI interfaces.
 *
 * @throws {IMPORT_NOT_GRANTED} {HOST_FUNCTION_MISSING} {UNSUPPORTED_IN_WORKER}
 */
export function planImports(
  imports: ReadonlyMap<string, ExternType>,
  provided: ReadonlyMap<string, unknown>,
  context: PlanContext,
): ImportPlan {
  const sources: ImportSource[] = []
  const functions = new Map<string | null, Map<string, (...args: unknown[]) => unknown>>()
  const objects = new Map<string, unknown>()
  for (const [name, type] of imports) {
    const offered = matchName(name, provided.keys())
    if (offered !== undefined) {
      const value = provided.get(offered)
      objects.set(name, value)
      // In the application's thread the runtime takes the object as it is, resources included.
      if (context.isolation === 'worker')
        addFunctions(functions, { name, type, value, plugin: context.plugin })
      sources.push({ name, from: 'app' })
    } else if (needsSource(type)) {
      const offer = offerOf(name, context.grants)
      if (offer.kind === 'unknown')
        throw errors.IMPORT_NOT_GRANTED({ name, plugin: context.plugin, fix: offer.fix })
      sources.push({ name, from: 'wasi' })
    }
  }
  return { sources, functions, objects }
}

/** An interface of types only asks for nothing. */
function needsSource(type: ExternType): boolean {
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
  functions: Map<string | null, Map<string, (...args: unknown[]) => unknown>>,
  { name, type, value, plugin }: Provided,
): void {
  if (type.kind === 'func') {
    if (typeof value !== 'function') throw errors.HOST_FUNCTION_MISSING({ name, plugin })
    const world = functions.get(null) ?? new Map()
    functions.set(null, world.set(name, value as never))
    return
  }
  if (type.kind !== 'instance') return
  const table = new Map<string, (...args: unknown[]) => unknown>()
  for (const [func, funcType] of type.exports) {
    if (funcType.kind === 'type' && funcType.bound === 'sub')
      throw errors.UNSUPPORTED_IN_WORKER({
        name: `${name}#${func}`,
        reason: 'it is a resource of the application',
      })
    if (funcType.kind !== 'func') continue
    const key = camelCase(func)
    const object = value as Record<string, unknown> | null | undefined
    // Own or class-inherited, but never what every object, class or function has.
    const inherited = key in Function.prototype && !(object && Object.hasOwn(object, key))
    const candidate = inherited ? undefined : object?.[key]
    if (typeof candidate !== 'function')
      throw errors.HOST_FUNCTION_MISSING({ name: `${name}#${func}`, plugin })
    table.set(key, (...args) => Reflect.apply(candidate, object, args))
  }
  functions.set(name, table)
}
