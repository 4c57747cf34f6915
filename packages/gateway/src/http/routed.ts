import type { Params } from '../routes/pattern.js'
import type { LiveRoute } from '../routes/table.js'
import type { Asked } from './answer.js'
import type { Origin } from './forwarded.js'
import type { Target } from './target.js'

/** A request that a route is for. */
export interface Routed {
  readonly asked: Asked
  readonly target: Target
  /** Who sent it, and for what address. */
  readonly origin: Origin
  readonly live: LiveRoute
  readonly params: Params
  /** No more of it than the route allows. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null
  /** Aborted when the client left, or sent too much. */
  readonly signal: AbortSignal
}
