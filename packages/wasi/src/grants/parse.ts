import type { ManifestRequests } from '@wasm-plugin/manifest'
import { parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { closest } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/grant-codes.js'
import { ownData } from '../own-data.js'
import type { GrantPorts } from '../ports.js'
import { capabilities } from './capabilities.js'
import { deepFreeze } from './freeze.js'
import { normaliseAt } from './fs/agree.js'
import type { AskedRights, GrantSet } from './grant-set.js'
import type { GrantsInput } from './inputs.js'
import { withLookup } from './net/patterns.js'
import { RuleBook } from './rule-book.js'
import { grantNames, grantsSchema, type ParsedGrants } from './schema.js'
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
  const { fs, former } = capabilities.fs.agree(grants.fs, { asked, book, ports, fs: [] })
  const agreement = { asked, book, ports, fs }
  const { env } = capabilities.env.agree(grants.env, agreement)
  const { net } = capabilities.net.agree(grants.net, agreement)
  const { config } = capabilities.config.agree(grants.config, agreement)
  const { keyvalue } = capabilities.keyvalue.agree(grants.keyvalue, agreement)
  const { app } = capabilities.app.agree(grants.app, agreement)
  const unmet = unmetRequests(requests ?? NO_REQUESTS, {
    places: fs.map(({ at }) => at),
    rules: net.allow,
    keys: new Set(env.map(({ key }) => key)),
  })
  return deepFreeze({
    fs,
    former,
    net,
    env,
    config,
    keyvalue,
    app,
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
      if (!grantNames.includes(name))
        throw errors.UNKNOWN_GRANT({
          name,
          known: [...grantNames],
          guess: closest(name, grantNames),
        })
  const { data, issue } = checkShape(grantsSchema, own)
  if (issue === undefined) return ownData(data, invalid) as ParsedGrants
  throw invalid(issue.path, issue.reason, issue.fix)
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

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value)
}
