import type { HeldBytes } from '../../grants/held-bytes.js'
import type { ServiceCaller } from '../../protocol/service-map.js'
import type { Waiter } from '../io/waiter.js'
import type { FieldsClass } from './fields.js'

/** What the objects of one instance share. */
export interface HttpObjects {
  readonly waiter: Waiter
  readonly held: HeldBytes
  readonly Fields: FieldsClass
}

/** How they reach the host's thread. */
export interface HttpLink extends HttpObjects {
  readonly services: ServiceCaller
  /** What comes in is there as a whole, and nothing of it is waited for. */
  readonly isWhole?: boolean
}
