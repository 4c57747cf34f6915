import type { LockedPlugin } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { listRequests } from '../../component/capabilities.js'
import type { Style } from '../../output/style.js'
import { signedBy } from './signer.js'
import { table } from './table.js'

export interface ListResult {
  readonly lockFile: string
  readonly plugins: readonly ({ readonly name: string } & LockedPlugin)[]
}

export function renderList({ plugins, lockFile }: ListResult, { out }: { readonly out: Style }): Rendering {
  if (plugins.length === 0) return { stderr: `Nothing is installed: ${lockFile} has no plugins.` }
  const rows = plugins.map(({ name, version, requirement, registry, signer, capabilities }) => [
    name,
    version,
    requirement,
    registry,
    listRequests(capabilities)
      .map(({ what }) => what)
      .join(', ') || 'nothing',
    signedBy(signer),
  ])
  return {
    stdout: table(['plugin', 'version', 'range', 'registry', 'asks for', 'signed'], rows, out).join('\n'),
  }
}
