import type { ResourceType } from '@wasm-plugin/runtime'
import { ASYNC_DISPOSE, DISPOSE, pascalCase, errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import { showLines } from '@wasm-plugin/runtime/text'
import type { Contract, ExportedFunction } from '../contract/contract.js'
import { DropQueue } from './drop-queue.js'
import { type Held, heldOf, type Place, PluginResource, Wrapping } from './plugin-resource.js'

type ResourceClass = new (...args: unknown[]) => PluginResource

/** A class, and the name that the contract has for its resource. */
interface NamedClass {
  readonly resource: string
  readonly Class: ResourceClass
}

type Named = Pick<Held, 'type' | 'resource'>

/** How the classes reach the plugin. Each is synchronous inline and a promise in a thread. */
export interface ResourceCalls {
  call(func: ExportedFunction, args: readonly unknown[]): unknown
  /** Destructors run in the thread of the application. */
  readonly isInline: boolean
  /** Runs the destructor of an owned resource. */
  drop(held: Held): Promise<void> | void
}

/**
 * The classes of a plugin's resources, as the application sees them: `new Counter(1)`, methods, static functions,
 * `Symbol.dispose` and `Symbol.asyncDispose`. In a thread the constructor's failure is that of the first use, or of
 * `asyncDispose`, or a warning of the process.
 */
export class ResourceClasses {
  #calls: ResourceCalls = unconnected
  readonly #warn: (text: string) => void
  readonly #classes = new Map<ResourceType, NamedClass>()
  /** An object that the application forgot is dropped when it is collected. */
  readonly #forgotten = new FinalizationRegistry<Held>((held) => this.#forget(held))
  readonly #unwanted = new DropQueue((held) => this.#calls.drop(held))

  /** @param warn says why a constructor failed, when nobody is left to hear it */
  constructor(contract: Contract, warn: (text: string) => void) {
    this.#warn = warn
    const functions = new Map<string, ExportedFunction[]>()
    for (const func of contract.functions) {
      if (func.resource === null) continue
      const key = keyOf(func.instance, func.resource)
      const others = functions.get(key)
      if (others === undefined) functions.set(key, [func])
      else others.push(func)
    }
    for (const [type, { side, instance, name }] of contract.origins)
      if (side === 'plugin') this.#add({ type, resource: name }, functions.get(keyOf(instance, name)) ?? [])
  }

  /** To be called once, before the application can have an object. */
  connect(calls: ResourceCalls): void {
    this.#calls = calls
  }

  /** The class of a resource that the plugin exports. */
  get(type: ResourceType): unknown {
    return this.#classes.get(type)?.Class
  }

  /** An object for a handle that the plugin gave out. */
  wrap(type: ResourceType, place: Place): PluginResource {
    // A type that the plugin made and never exported has no class of its own.
    const { Class, resource } = this.#classes.get(type) ?? this.#add({ type, resource: type.name }, [])
    return new Class(new Wrapping({ type, resource, place, gone: null }))
  }

  #add({ type, resource }: Named, functions: readonly ExportedFunction[]): NamedClass {
    const named = { resource, Class: this.#define({ type, resource }, functions) }
    this.#classes.set(type, named)
    return named
  }

  #define({ type, resource }: Named, functions: readonly ExportedFunction[]): ResourceClass {
    const maker = functions.find(({ kind }) => kind === 'constructor')
    const make = (args: unknown[]) => this.#construct({ type, resource }, maker, args)
    const watch = (object: PluginResource, held: Held) => this.#forgotten.register(object, held)
    const Class = class extends PluginResource {
      constructor(...args: unknown[]) {
        const wrapping = args[0] instanceof Wrapping ? args[0] : make(args)
        super(wrapping)
        watch(this, wrapping.held)
      }
    }
    const call = (func: ExportedFunction, args: readonly unknown[]) => this.#calls.call(func, args)
    define(Class, 'name', pascalCase(resource))
    for (const func of functions) {
      if (func.kind === 'static') define(Class, func.func, (...args: unknown[]) => call(func, args))
      if (func.kind === 'method')
        define(Class.prototype, func.func, function (this: unknown, ...args: unknown[]) {
          return call(func, [this, ...args])
        })
    }
    const drop = (held: Held) => this.#calls.drop(held)
    const giveUp = async (held: Held) => {
      if (held.gone === null && held.heard !== true) {
        held.heard = true
        await held.place
      }
      await drop(held)
    }
    const dispose = (held: Held) => (this.#calls.isInline ? drop(held) : this.#forget(held))
    define(Class.prototype, DISPOSE, function (this: unknown) {
      void dispose(heldOf(this, type))
    })
    define(Class.prototype, ASYNC_DISPOSE, async function (this: unknown) {
      await giveUp(heldOf(this, type))
    })
    return Class
  }

  /** Nobody will hear from a resource any more, nor of why it could not be made. */
  #forget(held: Held): void {
    if (held.place instanceof Promise)
      held.place.catch((error) => {
        if (held.heard !== true) this.#warn(unused(held.resource, error))
      })
    this.#unwanted.add(held)
  }

  #construct(
    { type, resource }: Named,
    func: ExportedFunction | undefined,
    args: readonly unknown[],
  ): Wrapping {
    if (func === undefined) throw runtimeErrors.NO_CONSTRUCTOR({ resource })
    const made = this.#calls.call(func, args)
    if (!(made instanceof Promise)) return takeOver(made, type)
    const place = made.then((object) => takeOver(object, type).held.place)
    const held: Held = { type, resource, place, gone: null }
    place.then(
      (settled) => {
        held.place = settled
      },
      () => {},
    )
    return new Wrapping(held)
  }
}

function unused(resource: string, error: unknown): string {
  const reason = showLines(error instanceof Error ? error.message : String(error))
  return `the constructor of ${pascalCase(resource)} failed, and its object was never used: ${reason}`
}

/** No name has a space. */
function keyOf(instance: string | null, resource: string): string {
  return `${instance ?? ''} ${resource}`
}

const unconnected: ResourceCalls = {
  isInline: true,
  call: () => undefined,
  drop: () => {},
}

/** Moves what an object stands for into a new one, of a class that the application may have derived. */
function takeOver(object: unknown, type: ResourceType): Wrapping {
  const held = heldOf(object, type)
  const moved: Held = { ...held }
  held.gone = 'moved'
  return new Wrapping(moved)
}

function define(target: object, name: string | symbol, value: unknown): void {
  Reflect.defineProperty(target, name, { value, writable: true, configurable: true })
}
