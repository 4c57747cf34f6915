import type { GrantSet } from './grant-set.js'
import { RuleState } from './rule-state.js'

/** A version of the grants, as it crosses threads. */
export interface GrantVersion {
  readonly version: number
  readonly grants: GrantSet
}

/**
 * The grants of one plugin as they are now. They only ever get narrower. The number of the version lies in shared
 * memory: a thread that is busy inside WebAssembly sees at its next use that there is another, and asks for it.
 */
export class LiveGrants {
  /** What the plugin was loaded with. */
  readonly initial: GrantSet
  readonly state: RuleState
  readonly #fetch: (() => GrantVersion) | undefined
  #latest: GrantVersion

  /** `fetch` gets the latest version from the thread where grants are replaced, if that is another. */
  constructor(grants: GrantSet, state: RuleState = new RuleState(grants), fetch?: () => GrantVersion) {
    this.initial = grants
    this.state = state
    this.#fetch = fetch
    this.#latest = { version: 0, grants }
  }

  get current(): GrantSet {
    return this.latest().grants
  }

  latest(): GrantVersion {
    if (this.#fetch !== undefined && this.state.version() !== this.#latest.version)
      this.#latest = this.#fetch()
    return this.#latest
  }

  /** Holds from the next use on, in every thread. */
  replace(grants: GrantSet): void {
    this.#latest = { version: this.#latest.version + 1, grants }
    this.state.publish(this.#latest.version)
  }
}
