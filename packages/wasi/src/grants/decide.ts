import { printNetPattern } from '@wasm-plugin/manifest/grammar'
import { decideFs, isFsAsked } from './fs/decide.js'
import type { AskedRights, GrantSet } from './grant-set.js'
import { decideNet, denialOf, isNetAsked } from './net/decide.js'
import type { Use } from './use.js'

/**
 * Why a use was denied: the manifest does not ask for it, the host did not grant it, the application took it back while
 * the plugin ran, or a rule of the grants denies it.
 */
export type DenialReason = 'not asked for' | 'not granted' | 'taken back' | 'denied by rule'

export interface Denial {
  readonly reason: DenialReason
  /** The rule that denies, in canonical text with its `!`; `null` if there is none. */
  readonly rule: string | null
}

/** What a thread needs of a capability; the rest is in `capabilities.ts`. */
interface Decider<U extends Use> {
  /** The id of the rule that allows a use; `null` if none does. */
  decide(use: U, grants: GrantSet): number | null
  isAsked(use: U, asked: AskedRights): boolean
}

type BuiltIn = Exclude<Use['capability'], `app.${string}`>
type AppUse = Extract<Use, { readonly capability: `app.${string}` }>
type Deciders = { readonly [K in BuiltIn]: Decider<Use & { readonly capability: K }> }

/** What a manifest cannot ask for, as it is the host's alone to give. */
const isGiven = () => true

const deciders: Deciders = {
  fs: { decide: decideFs, isAsked: isFsAsked },
  net: { decide: decideNet, isAsked: isNetAsked },
  env: {
    decide: ({ target }, { env }) => env.find(({ key }) => key === target)?.id ?? null,
    isAsked: ({ target }, asked) => asked.env.includes(target),
  },
  config: {
    decide: ({ target }, { config }) => config.find(({ key }) => key === target)?.id ?? null,
    isAsked: isGiven,
  },
  keyvalue: {
    decide: ({ store }, { keyvalue }) => keyvalue.find(({ name }) => name === store)?.id ?? null,
    isAsked: isGiven,
  },
}

const app: Decider<AppUse> = {
  decide: ({ capability, matches }, { app }) =>
    app.find(({ name, rule }) => capability === `app.${name}` && matches(rule))?.id ?? null,
  isAsked: isGiven,
}

/** The id of the rule that allows a use; `null` if none does. */
export function decide(use: Use, grants: GrantSet): number | null {
  return deciderOf(use).decide(use, grants)
}

/** Why a use is not allowed by the grants that there are now, beside those that the plugin was loaded with. */
export function explainDenial(use: Use, now: GrantSet, initial: GrantSet): Denial {
  const rule = use.capability === 'net' ? denialOf(use, now) : undefined
  if (rule !== undefined) return { reason: 'denied by rule', rule: `net !${printNetPattern(rule)}` }
  const wasAllowed = decide(use, initial) !== null && decide(use, now) === null
  if (wasAllowed) return { reason: 'taken back', rule: null }
  const isAsked = initial.asked === null || deciderOf(use).isAsked(use, initial.asked)
  return { reason: isAsked ? 'not granted' : 'not asked for', rule: null }
}

function deciderOf({ capability }: Use): Decider<Use> {
  return (capability.startsWith('app.') ? app : deciders[capability as BuiltIn]) as Decider<Use>
}
