import type { ExternType, InstanceLimits, PluginError } from '@wasm-plugin/runtime'
import type { PluginLimits } from '../limits.js'
import type { EngineName } from '../options.js'

/**
 * The seam between the host and what runs components. The host's thread prepares a component once; every thread of
 * the plugin revives what was prepared and instantiates it as often as it needs.
 */
export interface Engine {
  readonly name: EngineName
  /** Decodes, validates and compiles. Throws the coded errors of a component that cannot be run. */
  prepare(bytes: Uint8Array<ArrayBuffer>, limits: Readonly<PluginLimits>): Promise<Prepared>
}

export interface Prepared {
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
  readonly customSections: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** Structured-cloneable; for `revive` in the thread that runs the plugin. */
  transfer(): unknown
}

/** The engine in the thread that runs the plugin. */
export interface Revived {
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
  instantiate(imports: Readonly<Record<string, unknown>>): Running
}

/** An instance, whatever runs it. */
export interface Running {
  /** Null-prototype; by exact export name. */
  readonly exports: Readonly<Record<string, unknown>>
  /** The fault that ended it. */
  readonly poisoned: PluginError | null
  /** A call is running in it, or it is poisoned: it cannot be entered. */
  readonly busy: boolean
  readonly fuel: { refill(units: number): void } | undefined
}

/** `fuel` is what the start of an instance may use; every call gets as much again. */
export type EngineLimits = InstanceLimits & { readonly fuel?: number }
