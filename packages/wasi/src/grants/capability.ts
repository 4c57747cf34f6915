import type * as z from '@wasm-plugin/manifest/shape'
import type { GrantPorts, Paths } from '../ports.js'
import type { GivenGrants } from './given.js'
import type { AskedRights, GrantSet } from './grant-set.js'
import type { RuleBook } from './rule-book.js'

/**
 * What there is to know of one kind of grant. Each has a folder, and a line in `capabilities.ts`; what a thread needs to
 * decide about a use is apart, in `decide.ts`, which carries no schema.
 */
export interface Capability<
  K extends keyof GivenGrants & keyof GrantSet,
  S extends z.ZodMiniType,
  /** What it has of a grant set. */
  P extends keyof GrantSet = K,
> {
  /** What an application may write. */
  readonly schema: S
  /** What the host allows and the manifest asks for. @throws what is wrong about a grant */
  agree(input: z.infer<S> | undefined, agreement: Agreement): Pick<GrantSet, P>
  /** What is left when the application grants no more than this. @throws {GRANTS_NOT_NARROWER} */
  narrow(now: GrantSet, input: z.infer<S>, paths: Paths): Pick<GrantSet, P>
  /** What is left without the rules of these ids. */
  without(now: GrantSet, ids: ReadonlySet<number>): Pick<GrantSet, P>
  /** The same grants with the ids that `rule` gives to the text of each. */
  numbered(grants: GrantSet, rule: (text: string) => number): Pick<GrantSet, P>
  /** What an application sees of it. */
  view(grants: GrantSet): GivenGrants[K]
  readonly interfaces: Interfaces
}

export interface Agreement {
  /** `null` without a manifest. */
  readonly asked: AskedRights | null
  /** Numbers the rules. */
  readonly book: RuleBook
  readonly ports: Pick<GrantPorts, 'variable' | 'paths'>
  /** The directories that were agreed on; those of `fs` come first. */
  readonly fs: GrantSet['fs']
}

/** By name without a version, the interfaces that the capability opens; of WASI 0.2, any release is the same. */
export type Interfaces = Readonly<Record<string, InterfaceOffer>>

export interface InterfaceOffer {
  /** What to write to have it granted. */
  readonly fix: string
  isGranted(grants: GrantSet): boolean
}

/** All of the rules but those of these ids. */
export function kept<T extends { readonly id: number }>(
  entries: readonly T[],
  ids: ReadonlySet<number>,
): T[] {
  return entries.filter(({ id }) => !ids.has(id))
}

/** The rules with new ids. */
export function renumbered<T extends { readonly id: number }>(
  entries: readonly T[],
  number: (entry: T) => number,
): T[] {
  return entries.map((entry) => ({ ...entry, id: number(entry) }))
}

/** Interfaces that one grant opens. */
export function opened(names: readonly string[], offer: InterfaceOffer): Interfaces {
  return Object.fromEntries(names.map((name) => [name, offer]))
}
