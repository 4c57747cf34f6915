import type { ExternType, Instance } from '@wasm-plugin/runtime'
import type { PluginLimits } from '../options.js'

/**
 * The seam between the host and what runs components. The host's thread prepares a component once; every thread of
 * the plugin revives what was prepared and instantiates it as often as it needs.
 */
export interface Engine {
  readonly name: EngineName
  /** Decodes, validates and compiles. Throws the coded errors of a component that cannot be run. */
  prepare(bytes: Uint8Array<ArrayBuffer>, limits: Readonly<PluginLimits>): Promise<Prepared>
}

export type EngineName = 'runtime'

export interface Prepared {
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
  readonly customSections: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** Structured-cloneable; recompiles nothing on the other side. */
  transfer(): unknown
}

/** The engine inside a plugin's thread. */
export interface Revived {
  readonly imports: ReadonlyMap<string, ExternType>
  instantiate(imports: Readonly<Record<string, unknown>>): Instance
}
