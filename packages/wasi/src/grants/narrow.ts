import { coversNetRule, type NetRule, parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import { errors } from '../errors/grant-codes.js'
import type { Paths } from '../ports.js'
import { narrowFs } from './fs-narrow.js'
import type { EnvGrant, GrantSet, NetAllow, NetGrant, StoreGrant } from './grant-set.js'
import { addressMatcher } from './net/address.js'
import { readGrants, splitNet, withLookup } from './parse.js'
import { numberRules } from './rules.js'
import type { ParsedGrants } from './schema.js'

/**
 * Grants that allow less than `now`. A capability that `input` names keeps what is in there and loses the rest; one
 * that it does not name stays as it is. Limits that are left out stay as they are too.
 *
 * @throws {GRANTS_NOT_NARROWER} for anything that is not allowed now, and the codes of `parseGrants`.
 */
export function narrowGrants(now: GrantSet, input: unknown, paths: Paths): GrantSet {
  const { fs, net, env, config, keyvalue, ...others } = readGrants(input)
  for (const grant of Object.keys(others)) throw notNarrower(grant, 'it is fixed when the plugin is loaded')
  return numberRules({
    ...now,
    ...(fs === undefined ? {} : narrowFs(now, fs, paths)),
    ...(net === undefined ? {} : { net: narrowNet(now.net, net) }),
    ...(env === undefined ? {} : { env: narrowValues('env', now.env, env) }),
    ...(config === undefined ? {} : { config: narrowValues('config', now.config, config) }),
    ...(keyvalue === undefined ? {} : { keyvalue: narrowStores(now.keyvalue, keyvalue) }),
  })
}

/** What is left of `now` without the rules that `ids` name. */
export function withoutRules(now: GrantSet, ids: ReadonlySet<number>): GrantSet {
  const kept = <T extends { readonly id: number }>(entries: readonly T[]) =>
    entries.filter(({ id }) => !ids.has(id))
  return numberRules({
    ...now,
    fs: kept(now.fs),
    former: [...now.former, ...now.fs.filter(({ id }) => ids.has(id))],
    net: { ...now.net, allow: kept(now.net.allow) },
    env: kept(now.env),
    config: kept(now.config),
    keyvalue: kept(now.keyvalue),
  })
}

function notNarrower(grant: string, reason: string) {
  return errors.GRANTS_NOT_NARROWER({ grant, reason })
}

function narrowNet(now: NetGrant, input: NonNullable<ParsedGrants['net']>): NetGrant {
  const { allow, deny, privateAddresses, limits } = splitNet(input)
  const rules = allow.map(parseNetPattern)
  for (const rule of rules)
    if (!now.allow.some((outer) => coversNetRule(outer, rule)))
      throw notNarrower(`net ${printNetPattern(rule)}`, 'no pattern that is allowed now covers it')
  const isOpen = addressMatcher(now.privateAddresses)
  for (const range of privateAddresses ?? [])
    if (!now.privateAddresses.includes(range) && !(isSingle(range) && isOpen(range)))
      throw notNarrower(`net.privateAddresses ${range}`, 'the range is not open now')
  const narrower = { ...now.limits }
  for (const [name, value] of Object.entries(limits) as [keyof typeof narrower, number][]) {
    if (value > narrower[name]) throw notNarrower(`net.limits.${name}`, `it is ${narrower[name]} now`)
    narrower[name] = value
  }
  return {
    ...now,
    allow: rules.flatMap((rule, id) => withLookup(rule).map((part): NetAllow => ({ ...part, id }))),
    deny: [...now.deny, ...newDenials(now.deny, deny.map(parseNetPattern))],
    privateAddresses: privateAddresses ?? now.privateAddresses,
    limits: narrower,
  }
}

/** A range inside a range would have to be computed; a single address can be looked up. */
function isSingle(range: string): boolean {
  return !range.includes('/')
}

function newDenials(now: readonly NetRule[], more: readonly NetRule[]): NetRule[] {
  const known = new Set(now.map(printNetPattern))
  return more.filter((rule) => !known.has(printNetPattern(rule)))
}

/** A list of names keeps their values; a record has to have the same ones. */
function narrowValues(
  capability: 'env' | 'config',
  now: readonly EnvGrant[],
  input: readonly string[] | Readonly<Record<string, string>>,
): EnvGrant[] {
  const entries: (readonly [string, string | undefined])[] = Array.isArray(input)
    ? input.map((key) => [key, undefined] as const)
    : Object.entries(input)
  return entries.map(([key, value]) => {
    const entry = now.find((granted) => granted.key === key)
    if (entry === undefined) throw notNarrower(`${capability} ${key}`, 'it is not granted now')
    if (value !== undefined && value !== entry.value)
      throw notNarrower(`${capability} ${key}`, 'it has another value now')
    return entry
  })
}

function narrowStores(
  now: readonly StoreGrant[],
  input: NonNullable<ParsedGrants['keyvalue']>,
): StoreGrant[] {
  return Object.entries(input).map(([name, { file, quotaBytes, quotaKeys }]) => {
    const store = now.find((granted) => granted.name === name)
    if (store === undefined) throw notNarrower(`keyvalue ${name}`, 'it is not granted now')
    if (file !== undefined)
      throw notNarrower(`keyvalue ${name}`, 'a store stays where it is: leave `file` out')
    return {
      ...store,
      quotaBytes: lesser(`keyvalue ${name} quotaBytes`, store.quotaBytes, quotaBytes),
      quotaKeys: lesser(`keyvalue ${name} quotaKeys`, store.quotaKeys, quotaKeys),
    }
  })
}

/** The limit that was asked for, or the one there is. */
export function lesser(what: string, now: number, asked: number | undefined): number {
  if (asked !== undefined && asked > now) throw notNarrower(what, `it is ${now} now`)
  return asked ?? now
}
