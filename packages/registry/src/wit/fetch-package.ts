import { PluginError } from '@wasm-plugin/runtime/errors'
import { readWitFacts } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import {
  component,
  consent,
  type LoadContext,
  lockedBytes,
  pinned,
  type ResolveContext,
  type Resolved,
  repositoryOf,
  resolve,
  reviewOf,
} from '../install/index.js'
import type { LockedWit, WitLock } from '../lock/index.js'
import { type PackageName, printPackageName } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'

/** A package to fetch. */
export interface Wanted {
  readonly name: PackageName
  readonly range: string
  /** Asked for by its range, and not because something uses it. */
  readonly isRoot: boolean
  /** Asked for now. */
  readonly isNew: boolean
}

/** A WIT package whose signature counts, and that is the one it was asked for as. */
export interface WitPackage {
  /** `acme:site@0.1.0` */
  readonly id: string
  /** The range that was asked for; `undefined` if another package uses it. */
  readonly requirement: string | undefined
  readonly wit: Omit<LockedWit, 'requirement'>
  /** Its binary form. */
  readonly bytes: Uint8Array
  /** The packages that it names: `acme:types@0.1.0`. */
  readonly uses: readonly string[]
}

/** What the lock file has, from the cache or by its digest from where it was. */
export async function fetchLocked(
  name: string,
  { requirement, ...wit }: LockedWit,
  context: LoadContext,
  options: TransferOptions,
): Promise<WitPackage> {
  const bytes = await lockedBytes({ name, ...wit, capabilities: {}, isWit: true }, context, options)
  return { ...identified(bytes, name, wit.version), requirement, wit }
}

/**
 * The newest that satisfies: resolve, verify, review, consent, download, compare.
 *
 * @throws {LOCK_FROZEN} {OFFLINE} {CONSENT_REQUIRED} {CONSENT_REFUSED} {WIT_PACKAGE_INVALID}, and what resolving throws
 */
export async function fetchNewest(
  wanted: Wanted,
  lock: WitLock,
  context: LoadContext,
  options: TransferOptions,
): Promise<WitPackage> {
  const { range, isRoot } = wanted
  const name = printPackageName(wanted.name)
  const what = `${name}@${range}`
  if (context.frozen)
    throw packageErrors.LOCK_FROZEN({ name: what, reason: 'it has no such WIT package', isWit: true })
  if (context.offline) throw packageErrors.OFFLINE({ what, isWit: true })
  const { signal } = options
  const before = byName(lock)
  const signerOf = (of: string) => before.get(of)?.signer
  // What an application fits is its plugins.
  const { fit: _, ...rest } = context
  const { resolved, repository } = await found(wanted, { ...rest, pinned: signerOf }, { signal })
  // Of what others use there may be several versions: an older one is no step back.
  const known = before.get(name)
  if (!isRoot && known !== undefined) before.set(name, { ...known, version: resolved.version })
  const review = { ...reviewOf(resolved, repository, before), kind: 'wit' as const }
  if (review.changes.length > 0) await consent(review, context.confirm)
  const bytes = await component(repository, resolved.published.layer, context, options)
  const wit = pinned(resolved, repository)
  return { ...identified(bytes, name, resolved.version), requirement: undefined, wit }
}

/** Where it should be, or else where the application said that it may be; the first failure is the one to know of. */
async function found(
  { name, range }: Wanted,
  context: Omit<LoadContext, 'fit'> & ResolveContext,
  { signal }: TransferOptions,
): Promise<{ resolved: Resolved; repository: Repository }> {
  const reference = { kind: 'package', name, range } as const
  const at = async (repository: Repository) => ({
    resolved: await resolve(reference, repository, context, { signal }),
    repository,
  })
  let repository: Repository | undefined
  try {
    repository = await repositoryOf(context.places, reference, signal)
    return await at(repository)
  } catch (error) {
    if (!PluginError.is(error) || !IS_NOT_THERE.has(error.code)) throw error
    const other = await context.places.otherwise(name, { signal })
    if (other === undefined || other.registry === repository?.registry) throw error
    return await at(other).catch((second: unknown) => {
      throw PluginError.is(second) && IS_NOT_THERE.has(second.code) ? error : second
    })
  }
}

/** Nothing was said of the package, as a signature that does not count would be. */
const IS_NOT_THERE = new Set([
  'NAMESPACE_NOT_MAPPED',
  'VERSION_NOT_FOUND',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ANSWER_INVALID',
  'REGISTRY_DENIED',
  'REGISTRY_REFUSED',
  'REGISTRY_BUSY',
  'LAYOUT_INVALID',
  'LAYOUT_MISSING',
])

/** A registry may point a name at any package. */
function identified(
  bytes: Uint8Array,
  name: string,
  version: string,
): Pick<WitPackage, 'id' | 'bytes' | 'uses'> {
  const id = `${name}@${version}`
  const facts = readWitFacts(bytes, id)
  if (facts.name !== name || facts.version !== version)
    throw packageErrors.WIT_PACKAGE_INVALID({ what: id, reason: `it is ${facts.name}@${facts.version}` })
  return { id, bytes, uses: facts.uses }
}

/** Of several versions the newest, of which the lock file is the last. */
function byName(lock: WitLock): Map<string, LockedWit> {
  return new Map([...lock].map(([id, wit]) => [id.slice(0, id.indexOf('@')), wit]))
}
