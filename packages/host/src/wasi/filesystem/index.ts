import type { FsGrant, GrantSet } from '../../capability/grant-set.js'
import { codeOf, type IoError } from '../io/error.js'
import { Descriptor } from './descriptor.js'
import type { Dir } from './directory.js'
import { DirectoryEntryStream } from './directory-entry-stream.js'
import { reopen } from './open.js'
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
        return current.fs.map((grant) => [new Descriptor(reopen(sandbox, rootOf(grant)), sandbox), grant.at])
      },
    },
    close() {
      sandbox.close()
      for (const root of roots.values()) root.close()
      roots.clear()
    },
  }
}

/**
 * A plugin cannot even try to open what lies below no preopened directory, so what the manifest asks for in vain is
 * reported when the plugin looks for its directories.
 */
function reportRefused({ refused }: GrantSet, { gate }: Sandbox): void {
  for (const target of refused.fs) gate.check({ capability: 'fs', operation: 'open', target })
}
