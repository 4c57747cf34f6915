import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { Rendering } from '../../command.js'
import { listRequests } from '../../component/capabilities.js'
import type { Style } from '../../output/style.js'
import { formatBytes } from '../../output/units.js'
import type { RowError } from './outdated.js'
import { table } from './table.js'

export interface SearchResult {
  readonly name: string
  /** The registry, and the path of the package in it. */
  readonly place: string
  readonly versions: readonly {
    readonly version: string
    readonly manifest: string | null
    readonly size: number
    readonly description: string | null
    readonly world: string | null
    readonly capabilities: ManifestRequests | null
    /** That it was withdrawn, and why. */
    readonly status: { readonly status: 'yanked' | 'revoked'; readonly reason: string } | null
    readonly error: RowError | null
  }[]
  /** Versions that are not listed. */
  readonly more: number
}

export function renderSearch(
  { name, place, versions, more }: SearchResult,
  { out }: { readonly out: Style },
): Rendering {
  if (versions.length === 0) return { stderr: `${place} has no version of ${name}.` }
  const rows = versions.map(({ version, size, world, capabilities, error }) => [
    version,
    error === null ? formatBytes(size) : error.code,
    world ?? 'not said',
    capabilities === null
      ? 'not said'
      : listRequests(capabilities)
          .map(({ what }) => what)
          .join(', ') || 'nothing',
  ])
  const withdrawn = versions.flatMap(({ version, status }) =>
    status === null ? [] : [`${version} was ${status.status} by its publisher: ${status.reason}`],
  )
  const first = versions.find(({ description }) => description !== null)
  return {
    stdout: [
      out.bold(name),
      ...(first === undefined ? [] : [`  ${first.description}`]),
      '',
      ...table(['version', 'size', 'contract', 'asks for'], rows, out),
      ...(withdrawn.length === 0 ? [] : ['', ...withdrawn]),
      ...(more === 0 ? [] : ['', `and ${more} older ones`]),
    ].join('\n'),
  }
}
