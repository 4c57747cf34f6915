import type { Manifest } from '@wasm-plugin/manifest'
import { type PublishedVersion, readArtifact } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import { compareVersions, isVersion, isWithin, printPackageName, type Reference } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'
import {
  attachedBundles,
  type Circumstances,
  type Signer,
  type Verification,
  verifyVersion,
} from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import { type Fit, misfit } from './fit.js'

/** A version that may be installed, and the newer ones that may not. */
export interface Resolved {
  /** `acme:render` */
  readonly name: string
  readonly version: string
  /** What the lock file asks for from now on. */
  readonly requirement: string
  readonly published: PublishedVersion
  readonly verification: Verification
  readonly passedOver: readonly PassedOver[]
}

export interface PassedOver {
  readonly version: string
  readonly reason: string
}

export interface ResolveContext extends Omit<Circumstances, 'pinned'> {
  /** Without it every contract will do. */
  readonly fit?: Fit | undefined
  /** Who signed what is installed under a name. */
  readonly pinned: (name: string) => Signer | undefined
  /** Keeps what publishers say of their versions, and knows what they said before. */
  readonly cache: Pick<BlobCache, 'withdrawals' | 'heard'>
}

/**
 * The version that a reference means in a repository: the newest in its range, or exactly the one that it points to.
 *
 * @throws {VERSION_NOT_FOUND} with the versions that were passed over, and why
 * @throws {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED} {VERSION_REVOKED} {ARTIFACT_INVALID}
 */
export async function resolve(
  reference: Reference,
  repository: Repository,
  context: ResolveContext,
  options?: TransferOptions,
): Promise<Resolved> {
  return reference.kind === 'package'
    ? await newest(
        { name: printPackageName(reference.name), range: reference.range },
        repository,
        context,
        options,
      )
    : await exactly(reference, repository, context, options)
}

/** Two small documents are read of each. */
const MAX_LOOKED_AT = 50

/**
 * The newest in the range that fits the application and was not withdrawn. One that fits but may not be trusted is no
 * reason to take an older one in silence: that ends the search.
 */
async function newest(
  { name, range }: { name: string; range: string },
  repository: Repository,
  context: ResolveContext,
  options?: TransferOptions,
): Promise<Resolved> {
  const { registry } = repository
  const all = (await repository.tags(options)).filter(isVersion).sort((a, b) => compareVersions(b, a))
  const versions = all.filter((version) => isWithin(version, range))
  const passedOver: PassedOver[] = []
  for (const version of versions.slice(0, MAX_LOOKED_AT)) {
    const published = await readVersion(repository, version, options)
    if (published === undefined) continue
    checkIdentity(published.manifest, { name, version, registry })
    const reason = context.fit === undefined ? undefined : misfit(published, context.fit)
    if (reason !== undefined) {
      passedOver.push({ version, reason })
      continue
    }
    const verification = await verifyPublished({ name, version, repository, published }, context, options)
    if (verification.status === undefined)
      return { name, version, requirement: range, published, verification, passedOver }
    passedOver.push({
      version,
      reason: `it was ${verification.status.status}: ${verification.status.reason}`,
    })
  }
  const reasons = passedOver.slice(0, 5).map(({ version, reason }) => `${version}: ${reason}`)
  const prerelease = all.find((version) => version.includes('-'))
  throw packageErrors.VERSION_NOT_FOUND({ name, range, registry, passedOver: reasons, prerelease })
}

/** What is referred to by its place says itself what it is, and its signature has to be about that. */
async function exactly(
  { path, tag, digest }: Extract<Reference, { kind: 'oci' }>,
  repository: Repository,
  context: ResolveContext,
  options?: TransferOptions,
): Promise<Resolved> {
  const { registry } = repository
  const at = digest ?? tag ?? ''
  const what = `oci://${registry}/${path}`
  const published = await readVersion(repository, at, options)
  if (published === undefined)
    throw packageErrors.VERSION_NOT_FOUND({ name: what, range: at, registry, passedOver: [] })
  const { id: name, version } = published.manifest ?? {}
  if (name === undefined || version === undefined)
    throw packageErrors.ARTIFACT_INVALID({ what, reason: 'it does not say which package and version it is' })
  const verification = await verifyPublished({ name, version, repository, published }, context, options)
  const { status } = verification
  if (status?.status === 'revoked')
    throw packageErrors.VERSION_REVOKED({ what: `${name}@${version}`, reason: status.reason })
  return { name, version, requirement: version, published, verification, passedOver: [] }
}

export async function readVersion(
  repository: Repository,
  reference: string,
  options?: TransferOptions,
): Promise<PublishedVersion | undefined> {
  const stored = await repository.manifest(reference, options)
  return stored === undefined ? undefined : await readArtifact(repository, stored, options)
}

/**
 * A registry may point a name or a tag at any manifest.
 * @throws {ARTIFACT_INVALID}
 */
export function checkIdentity(
  manifest: Manifest | undefined,
  { name, version, registry }: { name: string; version: string; registry: string },
): void {
  if (manifest === undefined) return
  const invalid = (reason: string) =>
    packageErrors.ARTIFACT_INVALID({ what: `${name}@${version} of ${registry}`, reason })
  if (manifest.id !== name) throw invalid(`it is ${manifest.id ?? 'a plugin without an id'}`)
  if (manifest.version !== version) throw invalid(`it is version ${manifest.version}`)
}

/** @throws {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED} */
export async function verifyPublished(
  {
    name,
    version,
    repository,
    published,
  }: Pick<Resolved, 'name' | 'version' | 'published'> & { repository: Repository },
  { policy, trustOnFirstUse, pinned, cache }: ResolveContext,
  options?: TransferOptions,
): Promise<Verification> {
  const { digest } = published.descriptor
  const attached = await attachedBundles(repository, digest, options)
  const known = ((await cache.withdrawals(digest))?.bundles ?? []).map((bytes) => ({
    bytes,
    sentKey: undefined,
  }))
  const candidate = { name, version, registry: repository.registry, published }
  const circumstances = { policy, trustOnFirstUse, pinned: pinned(name) }
  // What others have kept alone makes nothing signed that is not.
  const bundles = attached.length === 0 ? [] : [...attached, ...known]
  const verification = verifyVersion({ ...candidate, bundles }, circumstances)
  if (verification.withdrawals.length > 0) await cache.heard(digest, verification.withdrawals)
  return verification
}
