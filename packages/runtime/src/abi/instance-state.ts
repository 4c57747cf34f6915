import { HandleTable } from './handles.js'
import type { Store } from './store.js'

/** Run-time state of one component instance (CanonicalABI.md, `ComponentInstance`). */
export class ComponentState {
  /** A call is running in this instance. */
  busy = false
  readonly handles: HandleTable

  constructor(
    readonly store: Store,
    /** The instance of the component that this one's is nested in. */
    readonly parent: ComponentState | null,
  ) {
    this.handles = new HandleTable(store)
  }

  /** One is nested in the other, or they are the same. */
  isRelatedTo(other: ComponentState): boolean {
    return isWithin(this, other) || isWithin(other, this)
  }
}

function isWithin(inner: ComponentState, outer: ComponentState): boolean {
  for (let state: ComponentState | null = inner; state !== null; state = state.parent)
    if (state === outer) return true
  return false
}
