import { type Capability, kept, opened, renumbered } from '../capability.js'
import type { GivenDirectory } from '../given.js'
import type { FsGrant } from '../grant-set.js'
import { grantFs } from './agree.js'
import { narrowFs } from './narrow.js'
import { schema } from './schema.js'

/** Directories: of the host, of the plugin's own, or in memory. */
export const fs: Capability<'fs', typeof schema, 'fs' | 'former'> = {
  schema,
  agree: (input = [], { asked, book, ports }) => ({
    fs: grantFs(input, asked, book, ports.paths),
    former: [],
  }),
  narrow: narrowFs,
  without: ({ fs, former }, ids) => ({
    fs: kept(fs, ids),
    former: [...former, ...fs.filter(({ id }) => ids.has(id))],
  }),
  numbered: ({ fs, former }, rule) => ({
    fs: renumbered(fs, ({ access, at }) => rule(`fs ${access} ${at}`)),
    former,
  }),
  view: ({ fs }) => fs.map(givenDirectory),
  interfaces: opened(['wasi:filesystem/types', 'wasi:filesystem/preopens'], {
    fix: "Grant a directory: `grants: { fs: [{ path: './data', at: '/data', access: 'read' }] }`.",
    isGranted: ({ fs }) => fs.length > 0,
  }),
}

function givenDirectory(grant: FsGrant): GivenDirectory {
  const { at, access, path, quotaBytes, quotaEntries, maxOpen } = grant
  const kind =
    'isPicked' in grant
      ? 'folder'
      : grant.scratch
        ? 'scratch'
        : grant.memory === null
          ? 'directory'
          : 'memory'
  return { at, access, kind, path, quotaBytes, quotaEntries, maxOpen }
}
