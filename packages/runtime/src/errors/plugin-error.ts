/** Who has to act: the embedding application, the plugin's author, or the framework itself. */
export type Origin = 'app' | 'plugin' | 'host'

/** A function of a plugin that was running when it failed. What nothing says is null. */
export interface Frame {
  /** As its language writes it. */
  readonly function: string | null
  /** Relative to the project of the plugin. */
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  /** `rust`, `c`, `cpp`, `assemblyscript`, `javascript`, `typescript`, or what else the name of the file tells. */
  readonly language: string | null
}

export interface PluginErrorInit {
  code: string
  message: string
  hint: string
  origin: Origin
  data?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/** Two copies of this package in one process, or two realms, still recognise each other's errors. */
const BRAND = Symbol.for('wasm-plugin.error')

/**
 * The one error class of the framework. An error is data: `code` is permanent and documented in
 * `docs/errors.md`, `message` says what happened and why, `hint` says what to do about it.
 *
 * @example
 * ```ts
 * try {
 *   await host.load('./render.wasm')
 * } catch (error) {
 *   if (PluginError.is(error, 'IMPORT_NOT_GRANTED')) console.error(error.hint)
 *   else throw error
 * }
 * ```
 */
export class PluginError extends Error {
  readonly code: string
  readonly hint: string
  readonly origin: Origin
  /** Facts of this occurrence, by name, as they are: a plugin may have chosen them. `message` and `hint` are safe to print. */
  readonly data: Readonly<Record<string, unknown>>
  /** Name of the plugin the error belongs to, once the host knows it. */
  readonly plugin?: string
  /** Export that was being called, as `namespace:package/interface#function`. */
  readonly export?: string
  /**
   * Where a fault of a plugin was, innermost first, as far as its debug information says. A plugin may have chosen what is in
   * there; it is safe to print.
   */
  declare readonly frames?: readonly Frame[]

  constructor(init: PluginErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = 'PluginError'
    this.code = init.code
    this.hint = init.hint
    this.origin = init.origin
    this.data = init.data ?? {}
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** True for a `PluginError` of any copy of this package, and of that `code` when one is given. */
  static is(value: unknown, code?: string): value is PluginError {
    return (
      typeof value === 'object' &&
      value !== null &&
      (value as Record<symbol, unknown>)[BRAND] === true &&
      (code === undefined || (value as PluginError).code === code)
    )
  }

  toJSON(): Record<string, unknown> {
    const { code, message, hint, origin, data, plugin } = this
    return { code, message, hint, origin, plugin, export: this.export, frames: this.frames, data }
  }
}
