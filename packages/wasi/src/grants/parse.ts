import type { ManifestRequests } from '@wasm-plugin/manifest'
import {
  intersectNetRules,
  type NetRule,
  parseNetPattern,
  printNetPattern,
} from '@wasm-plugin/manifest/grammar'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { closest } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/grant-codes.js'
import { ownData } from '../own-data.js'
import type { GrantPorts, Paths } from '../ports.js'
import { grantFs, normaliseAt } from './fs-grants.js'
import { writableAt } from './fs-places.js'
import {
  type AskedRights,
  defaultNetLimits,
  type EnvGrant,
  type FsGrant,
  type GrantSet,
  type NetGrant,
  type StoreGrant,
} from './grant-set.js'
import { RuleBook } from './rule-book.js'
import { deepFreeze } from './rules.js'
import { capabilityNames, type GrantsInput, grantsSchema, type ParsedGrants } from './schema.js'
import { unmetRequests } from './unmet.js'

/**
 * What a plugin may use: what the host allows, and of that only what the manifest asks for. Without a manifest the
 * host's grants apply alone. Paths of file grants are resolved here, once, so that later changes of the working
 * directory or of links on the way change nothing; a scratch directory has none yet. Lives as long as the plugin.
 *
 * @throws {GRANTS_INVALID} {UNKNOWN_GRANT} {GRANT_PATH_MISSING} {GRANT_PATH_NOT_DIRECTORY} {NET_PATTERN_INVALID}
 *   {STORE_UNSAFE}
 */
export function parseGrants(
  input: unknown,
  requests: ManifestRequests | undefined,
  ports: Pick<GrantPorts, 'variable' | 'paths'>,
): GrantSet {
  const grants = readGrants(input ?? {})
  const asked = askedRights(requests)
  const book = new RuleBook()
  const fs = grantFs(grants.fs ?? [], asked, book, ports.paths)
  const env = grantEnv(listed(grants.env ?? [], ports), asked, book)
  const net = grantNet(grants.net ?? [], asked, book)
  const config = Object.entries(grants.config ?? {}).map(([key, value]) => {
    return { id: book.add(`config ${key}`), key, value }
  })
  const keyvalue = grantStores(grants.keyvalue ?? {}, { fs, book, paths: ports.paths })
  const unmet = unmetRequests(requests ?? NO_REQUESTS, {
    places: fs.map(({ at }) => at),
    rules: net.allow,
    keys: new Set(env.map(({ key }) => key)),
  })
  return deepFreeze({
    fs,
    former: [],
    net,
    env,
    config,
    keyvalue,
    args: grants.args ?? [],
    stdio: {
      stdin: bytesOf(grants.stdio?.stdin ?? ''),
      bytesPerSecond: grants.stdio?.bytesPerSecond ?? 4 << 20,
    },
    clocks: {
      resolutionNs: grants.clocks?.resolutionNs ?? 1,
      fixedMs: grants.clocks?.fixed === undefined ? null : Date.parse(grants.clocks.fixed),
    },
    random: { maxBytes: grants.random?.maxBytes ?? 1 << 20, seed: grants.random?.seed ?? null },
    asked,
    refused: {
      fs: unmet.fs.map(({ at }) => at),
      net: unmet.net.map(({ allow }) => printNetPattern(parseNetPattern(allow))),
      env: unmet.env.map(({ key }) => key),
    },
    unasked: book.unasked,
    rules: book.rules,
  })
}

/** Inherits nothing, whatever a library did to the prototype of all objects. */
const NO_REQUESTS: ManifestRequests = Object.freeze(Object.create(null))

/** A copy of grants that are as they should be. @throws {GRANTS_INVALID} {UNKNOWN_GRANT} */
export function checkGrants(input: unknown): GrantsInput {
  return readGrants(input) as GrantsInput
}

/** @throws {GRANTS_INVALID} {UNKNOWN_GRANT} */
export function readGrants(input: unknown): ParsedGrants {
  const invalid = (path: string, reason: string, fix?: string) =>
    errors.GRANTS_INVALID({ path: path === '' ? 'grants' : path, reason, fix })
  const own = ownData(input, invalid)
  if (typeof own === 'object' && own !== null)
    for (const name of Object.keys(own))
      if (!capabilityNames.some((known) => known === name))
        throw errors.UNKNOWN_GRANT({
          name,
          known: [...capabilityNames],
          guess: closest(name, capabilityNames),
        })
  const { data, issue } = checkShape(grantsSchema, own)
  if (issue === undefined) return ownData(data, invalid) as ParsedGrants
  throw invalid(issue.path, issue.reason, issue.fix)
}

/** The variables with their values, where there is one. */
function listed(
  input: NonNullable<ParsedGrants['env']>,
  { variable }: Pick<GrantPorts, 'variable'>,
): [string, string | undefined][] {
  return Array.isArray(input) ? input.map((key) => [key, variable(key)]) : Object.entries(input)
}

function grantEnv(
  entries: readonly [string, string | undefined][],
  asked: AskedRights | null,
  book: RuleBook,
): EnvGrant[] {
  const keys = asked && new Set(asked.env)
  const granted: EnvGrant[] = []
  for (const [key, value] of entries) {
    if (value === undefined) continue
    if (keys === null || keys.has(key)) granted.push({ id: book.add(`env ${key}`), key, value })
    else book.unasked.push(`env ${key}`)
  }
  return granted
}

function grantNet(
  input: NonNullable<ParsedGrants['net']>,
  asked: AskedRights | null,
  book: RuleBook,
): NetGrant {
  const { allow: patterns, deny, privateAddresses = [], limits } = splitNet(input)
  const allow = patterns.map(parseNetPattern).flatMap((pattern) => {
    const agreed = asked === null ? [pattern] : meet(pattern, asked.net)
    if (agreed.length === 0) book.unasked.push(`net ${printNetPattern(pattern)}`)
    return agreed
  })
  return {
    allow: allow.flatMap((rule) => {
      const id = book.add(`net ${printNetPattern(rule)}`)
      return withLookup(rule).map((part) => ({ ...part, id }))
    }),
    deny: deny.map(parseNetPattern),
    privateAddresses,
    limits: { ...defaultNetLimits, ...limits },
  }
}

/** A plugin that may write to the file of a store could put a link there, and the host would follow it. */
function grantStores(
  input: NonNullable<ParsedGrants['keyvalue']>,
  { fs, book, paths }: { fs: readonly FsGrant[]; book: RuleBook; paths: Paths },
): StoreGrant[] {
  return Object.entries(input).map(([name, store]) => {
    const file = store.file === undefined ? null : paths.absolute(store.file)
    const at = file === null ? undefined : writableAt(paths.place(file), fs)
    if (file !== null && at !== undefined) throw errors.STORE_UNSAFE({ store: name, file, grant: at })
    return {
      ...{ id: book.add(`keyvalue ${name}`), name, file },
      quotaBytes: store.quotaBytes ?? 16 << 20,
      quotaKeys: store.quotaKeys ?? 10_000,
    }
  })
}

/** A list of patterns, in which a leading `!` is a denial, as the object that it stands for. */
export function splitNet(input: NonNullable<ParsedGrants['net']>) {
  if (!Array.isArray(input)) {
    const { allow, deny = [], privateAddresses, limits } = input
    return { allow, deny, privateAddresses, limits: defined(limits ?? {}) }
  }
  const denials = input.filter((pattern) => pattern.startsWith('!'))
  return {
    allow: input.filter((pattern) => !pattern.startsWith('!')),
    deny: denials.map((pattern) => pattern.slice(1).trimStart()),
    privateAddresses: undefined,
    limits: {},
  }
}

/** What a pattern of the host and the patterns of the manifest have in common, each once. */
function meet(pattern: NetRule, asked: readonly NetRule[]): NetRule[] {
  const met = new Map<string, NetRule>()
  const lookups = new Set<string>()
  for (const part of withLookup(pattern))
    for (const other of asked) {
      const both = intersectNetRules(part, other)
      if (both === undefined || lookups.has(printNetPattern(both))) continue
      met.set(printNetPattern(both), both)
      // A rule for sockets has its look-up in it.
      for (const lookup of withLookup(both).slice(1)) lookups.add(printNetPattern(lookup))
    }
  return [...met.values()]
}

function askedRights(requests: ManifestRequests | undefined): AskedRights | null {
  if (requests === undefined) return null
  const { fs = [], net = [], env = [] } = requests
  return {
    fs: fs.map(({ at, access }) => ({ at: normaliseAt(at), access })),
    net: net.flatMap(({ allow }) => withLookup(parseNetPattern(allow))),
    env: env.map(({ key }) => key),
  }
}

/** Who may open a socket to a name may look the name up. */
export function withLookup(rule: NetRule): NetRule[] {
  if (rule.scheme !== 'tcp' && rule.scheme !== 'udp') return [rule]
  return [rule, { ...rule, scheme: 'dns', port: null }]
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value)
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
