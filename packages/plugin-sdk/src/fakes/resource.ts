import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { memberName, staticName } from '../wit/names.js'
import { type AnyFunction, memberOf } from './members.js'
import type { Observer } from './observer.js'
import { standIn } from './stand-in.js'

export type HostClass = new (...args: unknown[]) => object

export interface ResourceRequest {
  /** `acme:site/log@0.1.0#counter` */
  readonly path: string
  /** `counter` */
  readonly resource: string
  /** Everything in the interface; the functions of the resource are found by their names. */
  readonly functions: ReadonlyMap<string, ExternType>
  /** The author's class. */
  readonly given: HostClass | undefined
  readonly observe: Observer
}

/** The class of an imported resource, as the host takes it. */
export interface ResourceFake {
  readonly hostClass: HostClass
  isInstance(value: object): boolean
  /** Puts the observer around the methods of one object. It stays an object of the author's class. */
  adopt(value: object): void
}

/**
 * Makes the class that the plugin meets for a resource: the author's, or an empty one, with stand-ins for what it
 * lacks. The author's class itself is not changed, because two plugins may be given the same one.
 */
export function fakeResource(request: ResourceRequest): ResourceFake {
  const { path, given, observe } = request
  const base = given ?? class {}
  const parts = partsOf(request)
  const isInstance = (value: object) => value instanceof base
  const hostClass = function construct(...args: unknown[]): object {
    const make = () => new base(...args)
    const type = parts.find(({ kind }) => kind === 'constructor')?.type
    if (type === undefined) return make()
    return observe({ function: `${path}.constructor`, type, args }, make) as object
  } as unknown as HostClass
  Object.defineProperty(hostClass, Symbol.hasInstance, { value: isInstance })
  // The host looks for the methods here when the plugin is loaded.
  hostClass.prototype = Object.create(base.prototype)

  const watch = (name: string, type: FuncType, run: AnyFunction): AnyFunction =>
    function watchedMember(this: unknown, ...args) {
      return observe({ function: `${path}.${name}`, type, args }, () => Reflect.apply(run, this, args))
    }
  const methods = new Map<string, (run: AnyFunction | undefined) => AnyFunction>()
  for (const { kind, name, type } of parts) {
    const key = kind === 'static' ? staticName(name) : memberName(name)
    const lacking = standIn(`${path}.${name}`, type)
    if (kind === 'static') {
      const run = memberOf(given, key) ?? lacking
      define(
        hostClass,
        key,
        watch(name, type, (...args) => Reflect.apply(run, given, args)),
      )
    } else if (kind === 'method') {
      methods.set(key, (run = lacking) => watch(name, type, run))
      if (memberOf(base.prototype, key) === undefined) define(hostClass.prototype, key, lacking)
    }
  }
  return {
    hostClass,
    isInstance,
    adopt(value) {
      if (!Object.isExtensible(value) || adopters.get(value)?.has(hostClass)) return
      for (const [key, wrap] of methods) define(value, key, wrap(memberOf(value, key)))
      adopters.set(value, (adopters.get(value) ?? new Set()).add(hostClass))
    },
  }
}

/** An object may be handed out more than once, but its calls are to be seen once. */
const adopters = new WeakMap<object, Set<HostClass>>()

function define(target: object, key: string, value: AnyFunction): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true })
}

interface ResourcePart {
  readonly kind: string
  /** By its WIT name; empty for the constructor. */
  readonly name: string
  readonly type: FuncType
}

function partsOf({ resource, functions }: ResourceRequest): ResourcePart[] {
  return [...functions].flatMap(([wit, type]) => {
    const [, kind = '', owner, name = ''] =
      /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(wit) ?? []
    return type.kind === 'func' && owner === resource ? [{ kind, name, type }] : []
  })
}
