import { innermost } from '@wasm-plugin/manifest'
import { covers } from '@wasm-plugin/manifest/grammar'
import { errors } from '../../errors/grant-codes.js'
import type { Paths } from '../../ports.js'
import type { Access, AskedRights, FsGrant } from '../grant-set.js'
import type { RuleBook } from '../rule-book.js'
import { grantMemory } from './memory-grant.js'
import { coversHost } from './places.js'
import type { FsInput } from './schema.js'

/** The part of a grant that survives the manifest: where, and how much. */
interface Agreed {
  readonly input: FsInput
  readonly at: string
  /** Below the host path of the grant, when the manifest asks for less than the host allows. */
  readonly below: string
  readonly access: Access
}

/** File grants with their host paths resolved, and scratch directories without one; see `parseGrants`. */
export function grantFs(
  inputs: readonly FsInput[],
  asked: AskedRights | null,
  book: RuleBook,
  paths: Paths,
): FsGrant[] {
  const grants = inputs
    .flatMap((input) => {
      const agreed = agree(input, asked)
      if (agreed.length === 0) book.unasked.push(`fs ${accessOf(input)} ${normaliseAt(input.at)}`)
      return agreed
    })
    .map((agreed): FsGrant => {
      const { input, at, access } = agreed
      const id = book.add(`fs ${access} ${at}`)
      const common = { id, account: id, since: 0, at, access, maxOpen: input.maxOpen ?? 256 }
      if ('memory' in input) return { ...common, ...grantMemory(input, agreed) }
      const quotas = {
        quotaBytes: input.quotaBytes ?? 1 << 30,
        quotaEntries: input.quotaEntries ?? 100_000,
      }
      if ('folder' in input)
        return {
          ...common,
          ...quotas,
          path: resolve(agreed, paths),
          memory: null,
          scratch: false,
          isPicked: true,
        }
      const scratch = 'scratch' in input
      return {
        ...common,
        ...quotas,
        // Made once everything else is agreed.
        path: scratch ? '' : resolve(agreed, paths),
        memory: null,
        scratch,
      }
    })
  const seen = new Set<string>()
  for (const { at } of grants) {
    if (seen.has(at))
      throw errors.GRANTS_INVALID({ path: 'fs', reason: `two directories are granted at "${at}"` })
    seen.add(at)
  }
  return grants
}

/** The grant, cut down to what the manifest asks for: nothing, all of it, or directories below it. */
function agree(input: FsInput, asked: AskedRights | null): Agreed[] {
  const at = normaliseAt(input.at)
  const allowed = accessOf(input)
  const all = { input, at, below: '', access: allowed }
  if (asked === null) return [all]
  const wanted = asked.fs
  // Of nested requests the innermost decides, as of nested grants.
  const covering = innermost(wanted, at)
  if (covering !== undefined) return [{ ...all, access: lesser(allowed, covering.access) }]
  if ('scratch' in input) return []
  return wanted
    .filter((request) => covers(at, request.at))
    .map((request) => ({
      input,
      at: request.at,
      below: request.at.slice(at === '/' ? 1 : at.length + 1),
      access: lesser(allowed, request.access),
    }))
}

function accessOf(input: FsInput): Access {
  return 'scratch' in input ? 'read-write' : input.access
}

function resolve({ input, at, below }: Agreed, paths: Paths): string {
  const outer = givenPath(input, paths) ?? ''
  const asked = paths.join(outer, below)
  const path = realDirectory(asked, at, paths)
  // A link below the granted directory must not lead the narrowed grant out of it.
  if (!coversHost(paths.real(outer), path)) throw errors.GRANT_PATH_MISSING({ path: asked, at })
  return path
}

/** The path that is granted, before anything is asked for below it; undefined for what has none. @throws {GRANTS_INVALID} */
export function givenPath(input: FsInput, { folder: pathOf, join }: Paths): string | undefined {
  if ('path' in input) return input.path
  if (!('folder' in input)) return undefined
  if (pathOf !== undefined) return join(pathOf(input.folder), input.below ?? '')
  throw errors.GRANTS_INVALID({
    path: 'fs',
    reason: 'a folder by its handle can be granted in a web page alone',
    fix: "Grant a directory by its path: `fs: [{ path: './data', at: '/data', access: 'read' }]`.",
  })
}

/**
 * The path of an ordinary directory of the host without links.
 *
 * @throws {GRANT_PATH_MISSING} {GRANT_PATH_NOT_DIRECTORY}
 */
export function realDirectory(asked: string, at: string, paths: Paths): string {
  let path: string
  try {
    path = paths.real(asked)
  } catch (cause) {
    throw errors.GRANT_PATH_MISSING({ path: asked, at }, cause)
  }
  if (!paths.isOrdinaryDirectory(path)) throw errors.GRANT_PATH_NOT_DIRECTORY({ path: asked, at })
  return path
}

function lesser(allowed: Access, wanted: Access): Access {
  return allowed === 'read-write' ? wanted : 'read'
}

/** `/data//x/` to `/data/x`. */
export function normaliseAt(at: string): string {
  return `/${at.split('/').filter(Boolean).join('/')}`
}
