import path from 'node:path'
import type { TrustedRoot } from '@sigstore/protobuf-specs'
import { checkShape } from '@wasm-plugin/manifest/shape'
import * as z from 'zod/mini'
import { readRegularFile } from '../disk/index.js'
import { packageErrors } from '../errors/index.js'
import { type Digest, isDigest } from '../repository/index.js'
import { type KeyId, readPublicKey, type VerifyingKey } from '../sign/index.js'
import { parseRoot } from './trusted-root.js'

/** Whom an application trusts for which packages: `wasm-plugin.trust.json`, with the keys that it names. */
export interface TrustPolicy {
  readonly rules: readonly TrustRule[]
  /** Keys whose signatures count no longer, whenever they were made. */
  readonly retiredKeys: ReadonlySet<KeyId>
  /** Manifests and components that are never installed nor loaded. */
  readonly denied: ReadonlySet<Digest>
  /** Who vouches for identities, in the place of Sigstore's public services. */
  readonly root?: TrustedRoot | undefined
}

/** The first rule whose `packages` and `registries` match decides, alone. */
export interface TrustRule {
  /** `acme:render`, `acme:*` or `*`. */
  readonly packages: string
  /** Names of registries as the lock file has them; any if left out. */
  readonly registries: readonly string[] | undefined
  readonly keys: readonly VerifyingKey[]
  readonly identities: readonly Identity[]
  /** Packages without a signature are taken. */
  readonly unsigned: boolean
  /** A bare signature is enough, as cosign makes it: it says nothing of the name and the version. */
  readonly bareSignature: boolean
}

export interface Identity {
  readonly issuer: string
  /** Exactly, or a pattern that all of it has to match. */
  readonly identity: string | RegExp
}

export const TRUST_FILE = 'wasm-plugin.trust.json'

/** Of a policy, or of a key. */
const MAX_BYTES = 1 << 20

/** What holds without a file: nothing is trusted but folders and this machine, whose packages need no signature. */
export const NO_POLICY: TrustPolicy = { rules: [], retiredKeys: new Set(), denied: new Set() }

const digest = z.custom<Digest>(isDigest, 'expected sha256:… with 64 digits')
const signer = z.union([
  z.strictObject({ key: z.string() }),
  z.strictObject({ issuer: z.url(), identity: z.string().check(z.minLength(1)) }),
  z.strictObject({ issuer: z.url(), identityPattern: z.string().check(z.minLength(1)) }),
])
const policySchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(1),
  rules: z.optional(
    z.array(
      z.strictObject({
        packages: z
          .string()
          .check(z.regex(/^(\*|[a-z][a-z0-9-]*:(\*|[a-z][a-z0-9-]*))$/, 'expected "ns:name", "ns:*" or "*"')),
        registries: z.optional(z.array(z.string())),
        signers: z.optional(z.array(signer)),
        unsigned: z.optional(z.boolean()),
        bareSignature: z.optional(z.boolean()),
      }),
    ),
  ),
  trustedRoot: z.optional(z.string()),
  retiredKeys: z.optional(z.array(digest)),
  denied: z.optional(z.array(digest)),
})

/**
 * Reads a policy. Paths of keys and of a root are relative to it.
 *
 * @returns `undefined` if there is no such file
 * @throws {TRUST_POLICY_INVALID}
 */
export async function readPolicy(file: string): Promise<TrustPolicy | undefined> {
  const fail = (reason: string) => packageErrors.TRUST_POLICY_INVALID({ file, reason })
  const bytes = await readRegularFile(file, MAX_BYTES, fail)
  if (bytes === undefined) return undefined
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw packageErrors.TRUST_POLICY_INVALID({ file, reason: (error as Error).message }, error)
  }
  return await checkPolicy(json, file)
}

async function checkPolicy(json: unknown, file: string): Promise<TrustPolicy> {
  const { data, issue } = checkShape(policySchema, json)
  if (issue !== undefined) {
    const { path: at, reason, fix } = issue
    throw packageErrors.TRUST_POLICY_INVALID({ file, reason: at === '' ? reason : `${at}: ${reason}`, fix })
  }
  const { rules = [], trustedRoot, retiredKeys = [], denied = [] } = data
  return {
    root: trustedRoot === undefined ? undefined : await readRoot(trustedRoot, file),
    rules: await Promise.all(rules.map((rule, index) => readRule(rule, { file, at: `rules[${index}]` }))),
    retiredKeys: new Set(retiredKeys),
    denied: new Set(denied),
  }
}

async function readRoot(name: string, policyFile: string): Promise<TrustedRoot> {
  const file = path.resolve(path.dirname(policyFile), name)
  const invalid = (reason: string, cause?: unknown) =>
    packageErrors.TRUST_POLICY_INVALID({ file: policyFile, reason: `trustedRoot: ${reason}` }, cause)
  const bytes = await readRegularFile(file, MAX_BYTES, (reason) => invalid(reason))
  if (bytes === undefined) throw invalid(`there is no ${file}`)
  try {
    return parseRoot(bytes.toString('utf8'))
  } catch (error) {
    throw invalid(`${file} is no trusted root: ${(error as Error).message}`, error)
  }
}

type RuleInput = NonNullable<z.infer<typeof policySchema>['rules']>[number]

async function readRule(
  { packages, registries, signers = [], unsigned = false, bareSignature = false }: RuleInput,
  { file, at }: { file: string; at: string },
): Promise<TrustRule> {
  const invalid = (reason: string, cause?: unknown) =>
    packageErrors.TRUST_POLICY_INVALID({ file, reason: `${at}: ${reason}` }, cause)
  if (unsigned === signers.length > 0)
    throw invalid(
      unsigned ? '"unsigned" and "signers" exclude each other' : 'it has no "signers", nor "unsigned": true',
    )
  const keys: VerifyingKey[] = []
  const identities: Identity[] = []
  for (const one of signers) {
    if ('key' in one) keys.push(await readKey(path.resolve(path.dirname(file), one.key), invalid))
    else
      identities.push({
        issuer: one.issuer,
        identity: 'identity' in one ? one.identity : pattern(one, invalid),
      })
  }
  return { packages, registries, keys, identities, unsigned, bareSignature }
}

type Invalid = (reason: string, cause?: unknown) => Error

async function readKey(file: string, invalid: Invalid): Promise<VerifyingKey> {
  const pem = await readRegularFile(file, MAX_BYTES, (reason) => invalid(reason))
  if (pem === undefined) throw invalid(`there is no key ${file}`)
  try {
    return readPublicKey(pem.toString('utf8'))
  } catch (error) {
    throw invalid(`${file}: ${(error as Error).message}`, error)
  }
}

/** The pattern is the application's own; it has to match all of an identity, or a part of a name would do. */
function pattern({ identityPattern }: { identityPattern: string }, invalid: Invalid): RegExp {
  try {
    return new RegExp(`^(?:${identityPattern})$`, 'u')
  } catch (error) {
    throw invalid('"identityPattern" is no regular expression', error)
  }
}

export function ruleFor(policy: TrustPolicy, name: string, registry: string): TrustRule | undefined {
  return policy.rules.find(
    (rule) => isAbout(rule, name) && (rule.registries === undefined || rule.registries.includes(registry)),
  )
}

/** Whether any rule is about a package, wherever it comes from. */
export function isNamed(policy: TrustPolicy, name: string): boolean {
  return policy.rules.some((rule) => isAbout(rule, name))
}

function isAbout({ packages }: TrustRule, name: string): boolean {
  return packages === '*' || packages === name || packages === `${name.slice(0, name.indexOf(':'))}:*`
}

/** Folders, and registries that run on this machine: what is there was put there by whoever runs it. */
export function isLocal(registry: string): boolean {
  if (registry.startsWith('dir:')) return true
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(registry)
}
