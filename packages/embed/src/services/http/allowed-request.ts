import type { HeldBytes, NetLimits, RequestHead, Use, WebTarget } from '@wasm-plugin/wasi'

/** A request that is allowed. */
export interface AllowedRequest {
  readonly web: WebTarget
  readonly head: RequestHead
  /** What was allowed. */
  readonly use: Use
  readonly limits: NetLimits
  /** Counts what is left of answers that the plugin does not read. */
  readonly held: HeldBytes
  /** Called once, when the connection is closed: by the plugin, by a failure, or because the answer is here. */
  readonly onOver: () => void
}
