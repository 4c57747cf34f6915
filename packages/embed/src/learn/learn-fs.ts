import { covers } from '@wasm-plugin/manifest/grammar'
import {
  type Access,
  type FsGrant,
  type GrantSet,
  type GrantsInput,
  innermost,
  normaliseAt,
  type Paths,
} from '@wasm-plugin/wasi'
import { folderOf, OF_DIRECTORY, READS, type UsesOfRule } from './uses.js'

type FsInput = NonNullable<GrantsInput['fs']>[number]

/** Folders side by side that are granted one by one; of more, the folder that they are in is granted. */
const MAX_SIBLINGS = 8

interface Scope {
  /** The grants as they were given. */
  readonly scope: readonly FsInput[]
  /** The same as they were understood. */
  readonly grants: GrantSet
  readonly paths: Paths
}

/**
 * The folders that were used, with the access that was used: of a file the folder that it is in. Folders that could
 * not be granted by themselves (of memory, scratch) are as they were given, for reading if that is all that was done.
 */
export function learnFs(used: readonly UsesOfRule[], { scope, grants, paths }: Scope): FsInput[] {
  const given = scope.map((input) => ({ input, at: normaliseAt(input.at) }))
  const learned = used.flatMap(({ rule, uses, writes }): FsInput[] => {
    const grant = grants.fs.find(({ id }) => grants.rules[id] === rule)
    const input = grant && innermost(given, grant.at)?.input
    return grant === undefined || input === undefined ? [] : learnOne(grant, input, { uses, writes, paths })
  })
  // Of a folder with rules of its own the scope says less than the folder around it.
  const inside = given.filter(
    ({ at }) =>
      !learned.some((input) => normaliseAt(input.at) === at) &&
      learned.some((input) => covers(normaliseAt(input.at), at)),
  )
  return [
    ...learned,
    ...inside.map(({ input }) => ('access' in input ? { ...input, access: 'read' as const } : input)),
  ]
}

function learnOne(
  grant: FsGrant,
  input: FsInput,
  { uses, writes, paths }: Pick<UsesOfRule, 'uses' | 'writes'> & Pick<Scope, 'paths'>,
): FsInput[] {
  const access: Access = writes ? 'read-write' : 'read'
  if ('scratch' in input) return [input]
  if (!('path' in input)) return [{ ...input, access }]
  const { path: _, at: __, access: ___, ...limits } = input
  const folders = foldersOf(grant, [...uses.values()], paths)
  const root = grant.path ?? input.path
  return [...folders].map(([at, access]) => ({
    ...{ path: paths.join(root, at.slice(grant.at.length)), at, access },
    ...limits,
  }))
}

function foldersOf(
  grant: FsGrant,
  uses: readonly { readonly operation: string; readonly target: string }[],
  paths: Paths,
): Map<string, Access> {
  const folders = new Map<string, Access>()
  const need = (at: string, access: Access) => {
    if (folders.get(at) !== 'read-write') folders.set(at, access)
  }
  for (const { operation, target } of uses) {
    const isItself = target === grant.at || (OF_DIRECTORY.has(operation) && isDirectory(grant, target, paths))
    need(
      isItself ? target : existing(grant, folderOf(target), paths),
      READS.has(operation) ? 'read' : 'read-write',
    )
  }
  gather(folders, grant.at)
  return withoutCovered(folders)
}

/** Replaces many folders side by side by the one that they are in, from the innermost outwards. */
function gather(folders: Map<string, Access>, root: string): void {
  const depth = (at: string) => at.split('/').length
  for (const access of ['read', 'read-write'] as const)
    for (let level = Math.max(0, ...[...folders.keys()].map(depth)); level > depth(root); level--) {
      const groups = new Map<string, string[]>()
      for (const [at, needed] of folders)
        if (needed === access && depth(at) === level && at !== root)
          groups.set(folderOf(at), [...(groups.get(folderOf(at)) ?? []), at])
      for (const [parent, inside] of groups) {
        if (inside.length <= MAX_SIBLINGS) continue
        for (const at of inside) folders.delete(at)
        if (folders.get(parent) !== 'read-write') folders.set(parent, access)
      }
    }
}

/** A folder inside another needs no rule of its own, unless it is for more. */
function withoutCovered(folders: ReadonlyMap<string, Access>): Map<string, Access> {
  const entries = [...folders].filter(
    ([at, access]) =>
      ![...folders].some(
        ([outer, other]) =>
          outer !== at && covers(outer, at) && (other === 'read-write' || access === 'read'),
      ),
  )
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What is granted has to exist: the folder, or the innermost around it that does. */
function existing(grant: FsGrant, folder: string, paths: Paths): string {
  let at = folder
  while (at !== grant.at && !isDirectory(grant, at, paths)) at = folderOf(at)
  return covers(grant.at, at) ? at : grant.at
}

/** A link is none: what it leads to may lie outside of what is granted, and the plugin may have made it. */
function isDirectory(grant: FsGrant, at: string, paths: Paths): boolean {
  if (grant.path === null) return false
  const path = paths.join(grant.path, at.slice(grant.at.length))
  try {
    return paths.real(path) === path && paths.isOrdinaryDirectory(path)
  } catch {
    return false
  }
}
