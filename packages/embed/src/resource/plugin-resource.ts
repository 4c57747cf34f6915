import type { ResourceType } from '@wasm-plugin/runtime'
import { errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import { errors } from '../errors/index.js'

/** Where a plugin's resource is: an object of the runtime in this thread, or its number in the plugin's thread. */
export interface Place {
  /** The instance or thread that it lives in, and ends with. */
  readonly home: object
  readonly value: unknown
}

/** What one object of the application stands for: an owned handle. Borrows stay inside of a call. */
export interface Held {
  readonly type: ResourceType
  /** Kebab-case name of the type, for messages. */
  readonly resource: string
  /** A promise while the plugin's constructor runs in its thread. */
  place: Place | Promise<Place>
  /** Why it can no longer be used. */
  gone: 'dropped' | 'moved' | null
  /** Whether somebody waited for the constructor, and so heard why it failed. */
  heard?: boolean
}

/** Marks a constructor call by the framework itself. */
export class Wrapping {
  constructor(readonly held: Held) {}
}

let heldIn: (value: object) => Held | null

/** Base of the classes that stand for the resources of a plugin. */
export abstract class PluginResource {
  readonly #held: Held

  static {
    heldIn = (value) => (#held in value ? value.#held : null)
  }

  constructor({ held }: Wrapping) {
    this.#held = held
  }
}

/** What `value` stands for. @throws {TYPE_MISMATCH} it is no resource of this type */
export function heldOf(value: unknown, type: ResourceType): Held {
  const held = typeof value === 'object' && value !== null ? heldIn(value) : null
  if (held?.type === type) return held
  const found = held === null ? 'another value' : `the ${held.resource} of another plugin or type`
  throw runtimeErrors.TYPE_MISMATCH({ path: type.name, expected: 'a resource of the plugin', found })
}

/**
 * Where the resource of a usable object is.
 *
 * @throws {RESOURCE_DROPPED} it was disposed or given away
 * @throws {RESOURCE_UNREACHABLE} it is of an instance that ended, or of another one than `home`
 */
export function placeIn(held: Held, home: object): unknown {
  requireUsable(held)
  const { resource } = held
  if (held.place instanceof Promise)
    throw errors.RESOURCE_UNREACHABLE({ resource, reason: 'its constructor has not finished' })
  if (held.place.home !== home)
    throw errors.RESOURCE_UNREACHABLE({
      resource,
      reason: 'the instance that it lives in has ended, or is another one',
    })
  return held.place.value
}

/** @throws {RESOURCE_DROPPED} */
export function requireUsable({ gone, resource }: Held): void {
  if (gone !== null) throw runtimeErrors.RESOURCE_DROPPED({ resource, how: gone })
}

/** Undefined while the constructor runs. */
export function placeOf({ place }: Held): Place | undefined {
  return place instanceof Promise ? undefined : place
}
