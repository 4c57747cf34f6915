import { packageErrors } from '../errors/index.js'
import type { LoadContext } from '../install/index.js'
import { type LockedWit, readWitLock, type WitLock, writeWitLock } from '../lock/index.js'
import { compareVersions, isWithin, parseReference, printPackageName } from '../names/index.js'
import type { TransferOptions } from '../repository/index.js'
import { fetchLocked, fetchNewest, type Wanted, type WitPackage } from './fetch-package.js'

export interface WitRequest {
  /** `acme:site@^0.2`; the newest of the range if `save` is set, else what is locked, if it is. */
  readonly wanted: readonly string[]
  /** Packages that the caller's own WIT names: `acme:types@0.1.0`. */
  readonly uses?: readonly string[] | undefined
  /** Whether a package needs no registry, since the caller has it. */
  readonly isProvided?: ((id: string) => boolean) | undefined
  /** Write what was found into the lock file, and fetch with it what is locked there. @default false */
  readonly save?: boolean | undefined
  /** Leave the lock file as it is nevertheless. @default false */
  readonly dryRun?: boolean | undefined
  /**
   * Puts what was found where it is used, before the lock file says that it is there: what it throws leaves the lock file as
   * it was.
   */
  readonly place?: ((found: WitResult) => Promise<void>) | undefined
}

export interface WitResult {
  /** Those that were wanted first, and then what they use. */
  readonly packages: readonly FetchedWit[]
  /** What the lock file had and has no longer. */
  readonly dropped: readonly string[]
}

export interface FetchedWit extends WitPackage {
  readonly state: 'added' | 'unchanged'
}

/**
 * Fetches WIT packages and everything that they use, each in the version that is named, checked as a plugin is.
 *
 * @throws {WIT_PACKAGE_INVALID} {LOCK_FROZEN} {OFFLINE} {VERSION_NOT_FOUND} {CONSENT_REQUIRED} {LOCK_INVALID}
 *   {LOCK_UNWRITABLE}, and what installing throws
 */
export async function fetchWit(
  { wanted, uses = [], isProvided = () => false, save = false, dryRun = false, place }: WitRequest,
  context: LoadContext,
  options: TransferOptions = {},
): Promise<WitResult> {
  const lock = await readWitLock(context.lockFile)
  const asked = wanted.map(parseWanted)
  const kept = save ? rootsOf(lock, asked) : []
  const exactly = (ids: readonly string[]): Wanted[] =>
    ids.filter((id) => !isProvided(id)).map((id) => ({ ...parseWanted(id), isRoot: false, isNew: false }))
  const queue = [...asked, ...kept, ...exactly(uses)]
  const found = new Map<string, FetchedWit>()
  // The list grows while it is read.
  for (const one of queue) {
    const name = printPackageName(one.name)
    if (!one.isRoot && found.has(`${name}@${one.range}`)) continue
    // A range that somebody asks for is resolved anew where its answer is written down.
    const locked = one.isNew && save && !context.frozen ? undefined : lockedFor(name, one, lock)
    const fetched =
      locked === undefined
        ? await fetchNewest(one, lock, context, options)
        : await fetchLocked(name, locked, context, options)
    const { requirement = found.get(fetched.id)?.requirement } = one.isRoot ? { requirement: one.range } : {}
    const state = lock.get(fetched.id)?.manifest === fetched.wit.manifest ? 'unchanged' : 'added'
    found.set(fetched.id, { ...fetched, requirement, state })
    if (found.size > MAX_PACKAGES)
      throw packageErrors.WIT_PACKAGE_INVALID({
        what: fetched.id,
        reason: `it and what it uses are more than ${MAX_PACKAGES} packages`,
      })
    queue.push(...exactly(fetched.uses))
  }
  const packages = [...found.values()]
  const result = { packages, dropped: save ? [...lock.keys()].filter((id) => !found.has(id)) : [] }
  await place?.(result)
  if (save && !dryRun && !context.frozen)
    await writeWitLock(context.lockFile, lockOf(packages), options.signal)
  return result
}

/** WASI with all its proposals has some twenty. */
const MAX_PACKAGES = 200

function parseWanted(text: string): Wanted {
  const reference = parseReference(text)
  if (reference.kind !== 'package')
    throw packageErrors.PACKAGE_NAME_INVALID({ text, reason: 'WIT packages are fetched by their names' })
  const { name, range } = reference
  return { name, range, isRoot: true, isNew: true }
}

/** What was asked for before and not again now. */
function rootsOf(lock: WitLock, asked: readonly Wanted[]): Wanted[] {
  const again = new Set(asked.map(({ name }) => printPackageName(name)))
  return [...lock].flatMap(([id, { requirement }]) => {
    const [name = ''] = id.split('@')
    if (requirement === undefined || again.has(name)) return []
    return [{ ...parseWanted(name), range: requirement, isNew: false }]
  })
}

/** What the lock file has for it: the newest that satisfies. */
function lockedFor(name: string, { range }: Wanted, lock: WitLock): LockedWit | undefined {
  const fitting = [...lock].flatMap(([id, wit]) =>
    id === `${name}@${wit.version}` && (wit.requirement === range || isWithin(wit.version, range))
      ? [wit]
      : [],
  )
  return fitting.sort((a, b) => compareVersions(b.version, a.version))[0]
}

function lockOf(packages: readonly FetchedWit[]): WitLock {
  return new Map(packages.map(({ id, requirement, wit }) => [id, { requirement, ...wit }]))
}
