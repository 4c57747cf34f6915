import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { DISPOSE, parseFunctionName, pascalCase } from '@wasm-plugin/runtime/internal'
import { chain, rescue, unawaited } from '@wasm-plugin/wasi/gate'
import { functionHandles } from '../contract/handles.js'
import type { HostRequest } from '../wire/messages.js'
import { type InstanceResources, idOf, StandIn, type StandInClass, Wrapped } from './resources.js'

type Call = (...args: unknown[]) => unknown
type Table = Record<string, unknown>
type Externs = ReadonlyMap<string, ExternType>

/** Blocks until the host's thread answers, or gives a promise where the plugin is suspended; throws what came of it there. */
export type Ask = (request: HostRequest) => unknown

/**
 * Finds the way by which a function without handles is asked for by shared memory; that has undefined where it has to go by
 * message.
 */
export type FindDirect = (
  instance: string | null,
  func: string,
  type: FuncType,
) => ((args: readonly unknown[]) => { readonly value: unknown } | undefined) | undefined

/** What a stand-in for the application needs. */
export interface Remote {
  readonly ask: Ask
  readonly direct: FindDirect
  readonly resources: InstanceResources
}

/**
 * Stand-in for what the application gave: an interface, or a function or resource of the world, whose functions are
 * among the `imports`. Each call runs on its thread.
 */
export function remoteImport(name: string, imports: Externs, remote: Remote): unknown {
  const type = imports.get(name)
  if (type?.kind === 'func') return remoteFunction({ instance: null, func: name, type }, remote)
  if (type?.kind === 'type') return remoteResource(name, type, { instance: null, items: imports, remote })
  if (type?.kind !== 'instance') return undefined
  const object: Table = Object.create(null)
  for (const [resource, item] of type.exports) {
    const Class = remoteResource(resource, item, { instance: name, items: type.exports, remote })
    if (Class !== undefined) object[pascalCase(resource)] = Class
  }
  for (const [func, item] of type.exports) {
    const parsed = parseFunctionName(func)
    if (item.kind === 'func' && parsed.kind === 'plain')
      object[parsed.member] = remoteFunction({ instance: name, func, type: item }, remote)
  }
  return object
}

interface Target {
  readonly instance: string | null
  /** Exact, as the component has it. */
  readonly func: string
  readonly type: FuncType
}

function remoteFunction({ instance, func, type }: Target, { ask, direct, resources }: Remote): Call {
  const handles = functionHandles(type)
  if (handles === null) {
    const now = direct(instance, func, type)
    return (...args) => {
      const answer = now?.(args)
      return answer === undefined ? ask({ kind: 'function', instance, func, args }) : answer.value
    }
  }
  const call = (args: unknown[]) => {
    const sent = handles.args(args, resources.toApp)
    return chain(ask({ kind: 'function', instance, func, args: sent }), (answer) =>
      handles.result(answer, resources.toPlugin),
    )
  }
  return (...args) =>
    rescue(
      () => call(args),
      (error) => {
        throw handles.error(error, resources.toPlugin)
      },
    )
}

interface ResourceScope {
  readonly instance: string | null
  /** Everything beside the resource; its functions are found by their names. */
  readonly items: Externs
  readonly remote: Remote
}

/** Undefined for what is no resource of this scope. */
function remoteResource(name: string, item: ExternType, scope: ResourceScope): StandInClass | undefined {
  if (item.kind !== 'type' || item.type.kind !== 'resource' || item.bound !== 'sub') return undefined
  const Class = remoteClass(name, scope)
  scope.remote.resources.classes.set(item.type, Class)
  return Class
}

/** The class of an application's resource; its objects know the application's by a number. */
function remoteClass(resource: string, { instance, items, remote }: ResourceScope): StandInClass {
  // The runtime makes an object only for an imported constructor.
  let make: Call = () => new Wrapped(0)
  const Class = class extends StandIn {
    constructor(...args: unknown[]) {
      const [first] = args
      const of = first instanceof Wrapped ? first : (make(...args) as Wrapped | StandIn | Promise<StandIn>)
      super(of instanceof Promise ? new Wrapped(0) : of)
      // biome-ignore lint/correctness/noConstructorReturn: where a plugin is suspended, `new` gives the promise of an object
      if (of instanceof Promise) return of as never
    }

    /** The plugin dropped it. */
    [DISPOSE]() {
      unawaited(remote.ask({ kind: 'drop', resource: idOf(this) }))
    }
  }
  for (const [func, item] of items) {
    if (item.kind !== 'func') continue
    const parsed = parseFunctionName(func)
    if (parsed.kind === 'plain' || parsed.resource !== resource) continue
    const call = remoteFunction({ instance, func, type: item }, remote)
    if (parsed.kind === 'constructor') make = call
    else if (parsed.kind === 'static') define(Class, parsed.member, call)
    else
      define(Class.prototype, parsed.member, function (this: unknown, ...args: unknown[]) {
        return call(this, ...args)
      })
  }
  return Class
}

function define(target: object, name: string, value: unknown): void {
  Reflect.defineProperty(target, name, { value, writable: true, configurable: true })
}
