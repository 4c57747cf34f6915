import type { ServiceCaller } from '../context.js'
import type { Waiter } from '../io/waiter.js'

/** How the objects of one instance reach the host's thread. */
export interface HttpLink {
  readonly services: ServiceCaller
  readonly waiter: Waiter
}
