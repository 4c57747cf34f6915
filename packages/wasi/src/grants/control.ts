import type { ManifestRequests } from '@wasm-plugin/manifest'
import { errors } from '../errors/grant-codes.js'
import type { GrantPorts } from '../ports.js'
import { readFiles } from './fs/memory-files.js'
import type { PluginGrants } from './given.js'
import type { GrantSet } from './grant-set.js'
import type { GrantsInput } from './inputs.js'
import type { LiveGrants } from './live-grants.js'
import { narrowGrants, withoutRules } from './narrow.js'
import { checkGrants } from './parse.js'
import { viewOf } from './view.js'

type ControlPorts = Pick<GrantPorts, 'paths' | 'thread'>

export interface ControlInit {
  readonly ports: ControlPorts
  /** What the manifest asks for; `undefined` without one. */
  readonly asked: ManifestRequests | undefined
  /** Refuses what the application knows nothing of. */
  readonly check: (grants: GrantsInput) => void
  /** Called after every change. */
  readonly onNarrowed: () => void
}

/** What an application sees of the grants of a running plugin, and does to them. */
export class GrantControl {
  readonly #live: LiveGrants
  readonly #ports: ControlPorts
  readonly #check: ControlInit['check']
  readonly #onNarrowed: () => void
  readonly #asked: ManifestRequests | undefined
  #view: { readonly of: GrantSet; readonly grants: PluginGrants } | undefined

  constructor(live: LiveGrants, { ports, asked, check, onNarrowed }: ControlInit) {
    this.#live = live
    this.#ports = ports
    this.#asked = asked
    this.#check = check
    this.#onNarrowed = onNarrowed
  }

  /** What the plugin was loaded with. */
  get initial(): GrantSet {
    return this.#live.initial
  }

  /** Whether a part of them was taken back. */
  get isNarrowed(): boolean {
    return this.#live.current !== this.#live.initial
  }

  /** The grants as they are now. */
  get grants(): PluginGrants {
    const { current } = this.#live
    if (this.#view?.of !== current) this.#view = { of: current, grants: viewOf(current, this.#asked) }
    return this.#view.grants
  }

  /** @throws {GRANTS_NOT_NARROWER} and the codes of `parseGrants`; nothing has changed then. */
  narrow(input: unknown): PluginGrants {
    this.#check(checkGrants(input))
    this.#replace(narrowGrants(this.#live.current, input, this.#ports.paths))
    return this.grants
  }

  /**
   * Takes back one rule by its text (`env LANG`), or all rules of a capability by its name (`net`).
   *
   * @returns how many rules were taken back; 0 when they were taken back before.
   * @throws {UNKNOWN_RULE}
   */
  revoke(rule: string): number {
    const { initial, current } = this.#live
    const ids = idsOf(current, rule)
    if (ids.length === 0 && idsOf(initial, rule).length === 0)
      throw errors.UNKNOWN_RULE({ rule, rules: current.rules })
    if (ids.length > 0) this.#replace(withoutRules(current, new Set(ids)))
    return ids.length
  }

  /** The files of a memory grant, also of one that was taken back. @throws {MEMORY_GRANT_MISSING} */
  readFiles(at: string): Promise<Map<string, Uint8Array>> {
    return readFiles(this.initial, at, this.#ports.thread)
  }

  #replace(grants: GrantSet): void {
    this.#live.replace(grants)
    this.#onNarrowed()
  }
}

function idsOf({ rules }: GrantSet, rule: string): number[] {
  return rules.flatMap((text, id) => (text === rule || text.startsWith(`${rule} `) ? [id] : []))
}
