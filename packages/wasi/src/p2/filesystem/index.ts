import { errors } from '../../errors/plugin-codes.js'
import type { FsGrant, GrantSet } from '../../grants/grant-set.js'
import { codeOf as errorCode, fsError } from '../../volume/errno.js'
import { codeOf, type IoError } from '../io/error.js'
import { Descriptor } from './descriptor.js'
import type { Dir } from './directory.js'
import { DirectoryEntryStream } from './directory-entry-stream.js'
import { type OpenDirectory, reopen } from './open.js'
import { Sandbox, type SandboxParts } from './sandbox.js'

/** `wasi:filesystem`, for one instance. */
export function createFilesystem(parts: SandboxParts) {
  const sandbox = new Sandbox(parts)
  /** By the `at` of their grant. */
  const roots = new Map<string, Dir>()
  const rootOf = (grant: FsGrant): Dir => {
    const root = roots.get(grant.at) ?? sandbox.openRoot(grant)
    roots.set(grant.at, root)
    return root
  }
  /** Those that were given out, and where they are. */
  const preopened = new WeakMap<object, string>()
  const preopen = (grant: FsGrant): [Descriptor, string][] => {
    const opened = openIfThere(sandbox, grant, rootOf)
    if (opened === undefined) return []
    const descriptor = new Descriptor(opened, sandbox)
    preopened.set(descriptor, grant.at)
    return [[descriptor, grant.at]]
  }
  return {
    types: {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: (error: IoError) => codeOf(error, 'filesystem'),
    },
    preopens: {
      getDirectories(): [Descriptor, string][] {
        const { current } = sandbox.gate.grants
        reportRefused(current, sandbox)
        return current.fs.flatMap(preopen)
      },
    },
    /** Where a directory is that is one of these; undefined for anything else. */
    placeOf: (object: object) => preopened.get(object),
    /** The directory that is there; where it is granted no more, or is gone, one of which every use fails. */
    directoryAt(at: string): Descriptor {
      const { fs, former } = sandbox.gate.grants.current
      const grant = [...fs, ...former].find((one) => one.at === at)
      const there = grant && preopen(grant)[0]?.[0]
      if (there !== undefined) return there
      const dead = new Descriptor(gone, sandbox)
      preopened.set(dead, at)
      return dead
    },
    close() {
      sandbox.close()
      for (const root of roots.values()) root.close()
      roots.clear()
    },
  }
}

/** Of a directory that an instance had, and the next one has no more. */
const gone: OpenDirectory = Object.freeze({
  get dir(): never {
    throw fsError('no-entry')
  },
  release() {},
})

/**
 * The function has no error to answer with, and that is no failure of the application: a directory that was removed or
 * replaced since it was granted is left out and reported.
 *
 * @throws {WASI_LIMIT} as many directories are open as the plugin may have
 */
function openIfThere(
  sandbox: Sandbox,
  grant: FsGrant,
  rootOf: (grant: FsGrant) => Dir,
): OpenDirectory | undefined {
  const { at, maxOpen } = grant
  try {
    return reopen(sandbox, rootOf(grant))
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    if (code === 'quota')
      throw errors.WASI_LIMIT({
        operation: 'get-directories',
        value: `${at} once more`,
        max: `${maxOpen} open`,
      })
    sandbox.gate.deny({ capability: 'fs', operation: 'open', target: at, grant })
    return undefined
  }
}

/**
 * A plugin cannot even try to open what lies below no preopened directory, so what the manifest asks for in vain is
 * reported when the plugin looks for its directories.
 */
function reportRefused({ refused }: GrantSet, { gate }: Sandbox): void {
  for (const target of refused.fs) gate.check({ capability: 'fs', operation: 'open', target })
}
