import { errors } from '../../errors/grant-codes.js'
import type { Paths } from '../../ports.js'
import type { FsGrant, GrantSet } from '../grant-set.js'
import { givenPath, normaliseAt, realDirectory } from './agree.js'
import { coversHost, innermost, isHostBelow, isInside } from './places.js'
import type { FsInput } from './schema.js'

/**
 * The directories of `inputs`, each of which must be granted now or lie in one that is, at the place where the plugin
 * sees it already. Those that go are remembered: inside of a larger grant they stay closed.
 *
 * @throws {GRANTS_NOT_NARROWER} {GRANTS_INVALID} {GRANT_PATH_MISSING} {GRANT_PATH_NOT_DIRECTORY}
 */
export function narrowFs(
  now: GrantSet,
  inputs: readonly FsInput[],
  paths: Paths,
): Pick<GrantSet, 'fs' | 'former'> {
  const known = new Set([...now.fs, ...now.former].map(({ at }) => at))
  const narrowed = inputs.map((input) => narrowOne(now, input, paths))
  const seen = new Set<string>()
  for (const { at } of narrowed) {
    if (seen.has(at))
      throw errors.GRANTS_INVALID({ path: 'fs', reason: `two directories are granted at "${at}"` })
    seen.add(at)
  }
  const added = narrowed.filter(({ at }) => !known.has(at))
  return {
    // What is open somewhere in a directory of which a part now has rules of its own may lie in that part.
    fs: narrowed.map((grant) =>
      added.some((inner) => inner !== grant && isInside(inner, grant))
        ? { ...grant, since: grant.since + 1 }
        : grant,
    ),
    former: [...now.former, ...now.fs.filter(({ at }) => !seen.has(at))],
  }
}

function narrowOne(now: GrantSet, input: FsInput, paths: Paths): FsGrant {
  const at = normaliseAt(input.at)
  const refuse = (reason: string) => errors.GRANTS_NOT_NARROWER({ grant: `fs ${at}`, reason })
  const outer = innermost([...now.fs, ...now.former], at)
  if (outer === undefined || !now.fs.includes(outer)) throw refuse('nothing is granted there now')
  const access = 'access' in input ? input.access : 'read-write'
  if (access === 'read-write' && outer.access === 'read') throw refuse('it can only be read now')
  const limits = {
    quotaBytes: lesser(outer.quotaBytes, input.quotaBytes, refuse),
    quotaEntries: lesser(outer.quotaEntries, input.quotaEntries, refuse),
    maxOpen: lesser(outer.maxOpen, input.maxOpen, refuse),
  }
  if (kindOf(outer) !== kindOf(input)) throw refuse('another kind of directory is there now')
  const asked = givenPath(input, paths)
  if (asked === undefined) {
    if (at !== outer.at) throw refuse('only directories of the host can be narrowed to one inside of them')
    return { ...outer, ...limits, access }
  }
  const path = hostPath(now, outer, { path: asked, at, paths, refuse })
  return {
    ...outer,
    ...limits,
    ...{ at, path, access, memory: null, scratch: false },
    since: at === outer.at ? outer.since : 0,
  }
}

function kindOf(grant: FsGrant | FsInput): 'scratch' | 'folder' | 'memory' | 'host' {
  if ('folder' in grant || 'isPicked' in grant) return 'folder'
  if ('scratch' in grant && grant.scratch) return 'scratch'
  return 'memory' in grant && grant.memory !== null ? 'memory' : 'host'
}

interface Asked {
  readonly path: string
  readonly at: string
  readonly paths: Paths
  readonly refuse: (reason: string) => Error
}

/** The host path of the directory, where it is the one that the plugin sees at `at` now. */
function hostPath(now: GrantSet, outer: FsGrant, { path: asked, at, paths, refuse }: Asked): string {
  const root = outer.path ?? ''
  const path = realDirectory(asked, at, paths)
  const below = at.slice(outer.at === '/' ? 1 : outer.at.length + 1)
  const seen = at === outer.at ? root : realDirectory(paths.join(root, below), at, paths)
  if (path !== seen || !coversHost(root, path)) throw refuse('another directory is there now')
  // It could be seen at two places, and be granted with less at the other.
  const others = [...now.fs, ...now.former].filter((grant) => isHostBelow(grant, outer))
  if (others.some((grant) => grant.path !== null && coversHost(grant.path, path)))
    throw refuse('a grant of its own decides about that directory')
  return path
}

function lesser(now: number, asked: number | undefined, refuse: (reason: string) => Error): number {
  if (asked !== undefined && asked > now) throw refuse(`a limit is ${now} now`)
  return asked ?? now
}
