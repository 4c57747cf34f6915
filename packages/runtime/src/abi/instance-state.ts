import { HandleTable } from './handles.js'
import type { Store } from './store.js'

/** Run-time state of one component instance (CanonicalABI.md, `ComponentInstance`). */
export class ComponentState {
  /** A call is running in this instance. */
  busy = false
  readonly handles: HandleTable

  constructor(readonly store: Store) {
    this.handles = new HandleTable(store)
  }
}
