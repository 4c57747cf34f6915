import { PluginError } from '@wasm-plugin/runtime'
import type { GrantSet } from '../capability/index.js'
import type { Running } from '../engine/index.js'
import { errors } from '../errors/index.js'
import type { Contract, ExportedFunction } from '../load/contract.js'
import { exportTable } from '../load/export-table.js'
import type { Manifest } from '../manifest/index.js'
import type { UntypedExports } from '../plugin.js'

/** The exports of a contract as they are called in the same thread: the promises of `E` taken off. */
export type Sync<E> = { readonly [K in keyof E]: SyncMember<E[K]> }

/** `0 extends 1 & T` is true for `any` only, which stays what it is. */
type SyncMember<T> = 0 extends 1 & T
  ? T
  : T extends (...args: infer A) => infer R
    ? (...args: A) => Awaited<R>
    : Sync<T>

export interface InlineParts {
  readonly name: string
  readonly digest: string
  readonly manifest: Manifest | undefined
  readonly grants: GrantSet
  readonly revoke: (rule: string) => number
  readonly contract: Contract
  /** Units of fuel that every call gets. */
  readonly fuel: number
  /** A fresh instance with fresh imports; closes what the one before left open. */
  readonly instantiate: () => Running
  readonly onFault: (target: string, error: PluginError) => void
  readonly onClosed: () => void
}

type Exported = (...args: unknown[]) => unknown

/**
 * A plugin in the application's own thread. A call is a function call: no promise, no copy of its arguments, no
 * events. What a thread gives for free must be bounded otherwise: fuel bounds the work of every call, and a plugin
 * that waits (network, sleep) would make the application wait, so it cannot. Made by `host.load` with
 * `isolation: 'inline'`.
 */
export class InlinePlugin<E = UntypedExports> implements AsyncDisposable {
  readonly name: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  readonly manifest: Manifest | undefined
  readonly grants: GrantSet
  /** The plugin's functions by interface: `plugin.exports['acme:site/render'].render(doc)`, without a promise. */
  readonly exports: Sync<E>

  readonly #parts: InlineParts
  #instance: Running | undefined
  #closed = false

  /** @internal Use `host.load`. */
  constructor(parts: InlineParts) {
    this.#parts = parts
    this.name = parts.name
    this.digest = parts.digest
    this.manifest = parts.manifest
    this.grants = parts.grants
    this.#instance = parts.instantiate()
    this.exports = exportTable(parts.contract, (func) => this.#bind(func)) as Sync<E>
  }

  /**
   * Takes back a rule of `grants.rules` by its text, or all rules of a capability by its name.
   *
   * @returns how many rules were taken back.
   * @throws {UNKNOWN_RULE}
   */
  revoke(rule: string): number {
    return this.#parts.revoke(rule)
  }

  /** Ends the plugin. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#instance = undefined
    this.#parts.onClosed()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** One closure per arity: spreading arguments costs more than the call itself. */
  #bind(func: ExportedFunction): Exported {
    let instance: Running | undefined
    let target: Exported
    const { fuel } = this.#parts
    const enter = () => {
      const current = this.#current()
      if (current !== instance) {
        instance = current
        target = lookUp(current, func)
      }
      // A host function that calls back must not fill up the call that it was called by.
      if (!current.busy) current.fuel?.refill(fuel)
    }
    const fail = (error: unknown): never => {
      if (PluginError.is(error)) {
        error.plugin = this.name
        error.export = func.name
        if (this.#instance?.poisoned) this.#parts.onFault(func.name, error)
      }
      throw error
    }
    switch (func.type.params.length) {
      case 0:
        return () => {
          enter()
          try {
            return target()
          } catch (error) {
            return fail(error)
          }
        }
      case 1:
        return (a) => {
          enter()
          try {
            return target(a)
          } catch (error) {
            return fail(error)
          }
        }
      case 2:
        return (a, b) => {
          enter()
          try {
            return target(a, b)
          } catch (error) {
            return fail(error)
          }
        }
      default:
        return (...args) => {
          enter()
          try {
            return target(...args)
          } catch (error) {
            return fail(error)
          }
        }
    }
  }

  /** The living instance, or a fresh one after a fault. */
  #current(): Running {
    if (this.#closed) throw errors.PLUGIN_CLOSED({ name: this.name })
    if (this.#instance === undefined || this.#instance.poisoned !== null)
      this.#instance = this.#parts.instantiate()
    return this.#instance
  }
}

function lookUp(instance: Running, func: ExportedFunction): Exported {
  const table =
    func.instance === null ? instance.exports : (instance.exports[func.instance] as Record<string, unknown>)
  return table[func.func] as Exported
}
