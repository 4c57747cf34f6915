import type { PluginError } from './errors/plugin-error.js'
import type { HostStats, PluginStats } from './stats/index.js'

/**
 * Where an application has the calls of its plugins traced and counted: `openTelemetry()` of
 * `@wasm-plugin/host/opentelemetry` makes one. Calls go on whatever it does: what it throws
 * is a warning, once.
 */
export interface Telemetry {
  /** Called when a call begins, where it is made. */
  begin(call: TracedCall): CallSpan
  /** Called once, by the host that it is given to; the answer is called when that closes. */
  watch?(host: WatchedHost): () => void
}

export interface TracedCall {
  readonly plugin: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  /** That of its manifest; undefined where it has none. */
  readonly version: string | undefined
  /** `namespace:package/interface#function` */
  readonly export: string
}

/** A call that has begun. */
export interface CallSpan {
  /** Runs what the application does for the plugin meanwhile. */
  within<T>(work: () => T): T
  /** `error` is set when the call failed; a `result` error of the contract is no failure. */
  end(error: PluginError | undefined): void
}

export interface WatchedHost {
  readonly stats: HostStats
  readonly plugins: ReadonlyMap<string, WatchedPlugin>
}

export interface WatchedPlugin {
  readonly name: string
  readonly stats: PluginStats
}
