import type { ResourceType } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { OnHandle } from '../contract/walk.js'
import { errors } from '../errors/index.js'
import { IdTable } from '../resource/id-table.js'

/** Marks a constructor call by the framework itself. */
export class Wrapped {
  constructor(readonly id: number) {}
}

let idIn: (object: StandIn) => number

/**
 * An object of the application, known here by its number. The contract names the members of the classes that are derived
 * from this one, and may name any, so it has none of its own.
 */
export abstract class StandIn {
  readonly #id: number

  static {
    idIn = (object) => object.#id
  }

  constructor(of: Wrapped | StandIn) {
    this.#id = idOf(of)
  }
}

/** The class that the runtime sees for a resource of the application. */
export type StandInClass = new (wrapped: Wrapped) => StandIn

export function idOf(of: Wrapped | StandIn): number {
  return of instanceof Wrapped ? of.id : idIn(of)
}

/** The resources that a plugin's instance shares with the application, on the plugin's side. */
export class InstanceResources {
  /** Classes of the application's resources, which are all that it defines; filled when the imports are made. */
  readonly classes = new Map<ResourceType, StandInClass>()
  /** The plugin's resources that the application holds. Numbers outlive the instance, so that none is ever reused. */
  readonly #held: IdTable<Disposable>

  constructor(max: number) {
    this.#held = new IdTable(max)
  }

  readonly toApp: OnHandle = (value, { resource }) => {
    if (this.classes.has(resource)) return idOf(value as StandIn)
    // Always an own: a plugin's own resources appear in its exports only, and no result has a borrow.
    return this.#held.add(value as Disposable)
  }

  readonly toPlugin: OnHandle = (id, { kind, resource }) => {
    const Class = this.classes.get(resource)
    if (Class !== undefined) return new Class(new Wrapped(id as number))
    const object = kind === 'own' ? this.#held.take(id) : this.#held.get(id)
    if (object !== undefined) return object
    throw errors.RESOURCE_UNREACHABLE({
      resource: resource.name,
      reason: 'the instance that it lived in has ended',
    })
  }

  /** The application gave up a resource of the plugin. */
  drop(id: number): void {
    this.#held.take(id)?.[DISPOSE]()
  }

  clear(): void {
    this.#held.drain()
    this.classes.clear()
  }
}
