import { ASYNC_DISPOSE, DISPOSE, errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import type { FunctionHandles } from '../contract/handles.js'
import type { ResourceOrigins } from '../contract/origin.js'
import type { OnHandle } from '../contract/walk.js'
import type { ResourceClasses } from './classes.js'
import { IdTable } from './id-table.js'
import { type Held, heldOf, placeIn } from './plugin-resource.js'

/**
 * The resources that one thread of a plugin shares with the application, on the application's side. A handle crosses
 * as a number: the plugin's resources are numbered by the thread, the application's objects here.
 */
export class ThreadResources {
  readonly #classes: ResourceClasses
  readonly #origins: ResourceOrigins
  readonly #objects: IdTable<object>

  constructor(options: { classes: ResourceClasses; origins: ResourceOrigins; max: number }) {
    this.#classes = options.classes
    this.#origins = options.origins
    this.#objects = new IdTable(options.max)
  }

  /** For one call in either direction; `end` it when it is over. */
  begin(): ResourceScope {
    return new ResourceScope(this, this.#classes, { origins: this.#origins, objects: this.#objects })
  }

  /** The plugin dropped an object of the application. */
  async drop(id: unknown): Promise<void> {
    await disposeOf(this.#objects.take(id))
  }

  /** The instance that held the application's objects has ended. */
  async drain(): Promise<void> {
    // One that fails must not keep the others from being disposed.
    await Promise.allSettled(this.#objects.drain().map(disposeOf))
  }
}

interface Shared {
  readonly origins: ResourceOrigins
  readonly objects: IdTable<object>
}

/** What one call gave, lent and took. */
export class ResourceScope {
  readonly #home: ThreadResources
  readonly #classes: ResourceClasses
  readonly #shared: Shared
  /** Given to the plugin by this call. */
  readonly #moved: Held[] = []
  /** Lent to the plugin for this call. */
  readonly #lent: number[] = []

  constructor(home: ThreadResources, classes: ResourceClasses, shared: Shared) {
    this.#home = home
    this.#classes = classes
    this.#shared = shared
  }

  /** From the application to the plugin. */
  readonly toPlugin: OnHandle = (value, { kind, resource }) => {
    const own = kind === 'own'
    if (this.#shared.origins.get(resource)?.side !== 'app') {
      const held = heldOf(value, resource)
      const id = placeIn(held, this.#home)
      if (own) {
        held.gone = 'moved'
        this.#moved.push(held)
      }
      return id
    }
    if (typeof value !== 'object' || value === null)
      throw runtimeErrors.TYPE_MISMATCH({
        path: resource.name,
        expected: 'an object',
        found: value === null ? 'null' : typeof value,
      })
    const id = this.#shared.objects.add(value)
    if (!own) this.#lent.push(id)
    return id
  }

  /** From the plugin to the application. */
  readonly toApp: OnHandle = (id, { kind, resource }) => {
    const { origins, objects } = this.#shared
    if (origins.get(resource)?.side === 'app') return kind === 'own' ? objects.take(id) : objects.get(id)
    return this.#classes.wrap(resource, { home: this.#home, value: id })
  }

  /** The arguments of a call to the plugin. One that cannot be sent leaves all of them with the application. */
  send(handles: FunctionHandles, args: readonly unknown[]): unknown[] {
    try {
      return handles.args(args, this.toPlugin)
    } catch (error) {
      this.undo()
      throw error
    }
  }

  /** The call never reached the plugin: what was given to it is the application's again. */
  undo(): void {
    for (const held of this.#moved) held.gone = null
    this.end()
  }

  end(): void {
    for (const id of this.#lent) this.#shared.objects.take(id)
  }
}

async function disposeOf(object: object | undefined): Promise<void> {
  if (object === undefined) return
  const disposable = object as Partial<AsyncDisposable & Disposable>
  if (typeof disposable[ASYNC_DISPOSE] === 'function') await disposable[ASYNC_DISPOSE]?.()
  else if (typeof disposable[DISPOSE] === 'function') disposable[DISPOSE]?.()
}
