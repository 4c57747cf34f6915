import {
  type ExternType,
  type FuncType,
  type InstanceType,
  parseFunctionName,
  pascalCase,
} from '@wasm-plugin/runtime'
import { functionHandles } from '../resource/functions.js'
import type { HostRequest } from '../wire/messages.js'
import { type InstanceResources, type RemoteObject, Wrapped } from './resources.js'

type Call = (...args: unknown[]) => unknown
type Table = Record<string, unknown>

/** What a stand-in for the application needs. */
export interface Remote {
  readonly ask: (request: HostRequest) => unknown
  readonly resources: InstanceResources
}

/** Stand-in for what the application gave: an interface, or one function of the world. Each call runs on its thread. */
export function remoteImport(name: string, type: ExternType, remote: Remote): unknown {
  if (type.kind === 'func') return remoteFunction({ instance: null, func: name, type }, remote)
  if (type.kind !== 'instance') return undefined
  const object: Table = Object.create(null)
  for (const [resource, item] of type.exports) {
    if (item.kind !== 'type' || item.type.kind !== 'resource' || item.bound !== 'sub') continue
    const Class = remoteClass(resource, { instance: name, type }, remote)
    remote.resources.classes.set(item.type, Class)
    object[pascalCase(resource)] = Class
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

function remoteFunction({ instance, func, type }: Target, { ask, resources }: Remote): Call {
  const handles = functionHandles(type)
  if (handles === null) return (...args) => ask({ kind: 'function', instance, func, args })
  return (...args) => {
    try {
      const sent = handles.args(args, resources.toApp)
      return handles.result(ask({ kind: 'function', instance, func, args: sent }), resources.toPlugin)
    } catch (error) {
      throw handles.error(error, resources.toPlugin)
    }
  }
}

/** The class of an application's resource; its objects know the application's by a number. */
function remoteClass(
  resource: string,
  { instance, type }: { readonly instance: string; readonly type: InstanceType },
  remote: Remote,
) {
  // The runtime makes an object only for an imported constructor.
  let make: Call = () => new Wrapped(0)
  const Class = class implements RemoteObject {
    readonly id: number

    constructor(...args: unknown[]) {
      const [first] = args
      this.id = ((first instanceof Wrapped ? first : make(...args)) as RemoteObject).id
    }

    /** The plugin dropped it. */
    [Symbol.dispose]() {
      remote.ask({ kind: 'drop', resource: this.id })
    }
  }
  for (const [func, item] of type.exports) {
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
