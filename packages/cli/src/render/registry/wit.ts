import type { Published, Signer } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import type { Style } from '../../output/style.js'
import { count } from '../../output/units.js'
import { renderPublished } from './published.js'
import { signedBy } from './signer.js'

export type WitResult =
  | ({ readonly action: 'publish' } & Published)
  | ({ readonly action: 'fetch' } & FetchWitResult)

export interface FetchedRow {
  /** `acme:site@0.2.0` */
  readonly id: string
  /** The range that was asked for; null if something uses it. */
  readonly requirement: string | null
  readonly registry: string
  readonly manifest: string
  readonly signer: Signer | null
  readonly state: 'added' | 'unchanged'
}

export interface FetchWitResult {
  /** Where their texts are: `wit/deps`. */
  readonly folder: string
  readonly packages: readonly FetchedRow[]
  /** What is no longer used. */
  readonly dropped: readonly string[]
  readonly files: readonly string[]
  readonly dryRun: boolean
}

export function renderWit(
  result: WitResult,
  styles: { readonly out: Style; readonly err: Style },
): Rendering {
  if (result.action === 'publish') return renderPublished(result, styles)
  const { packages, dropped, files, folder, dryRun } = result
  const { err } = styles
  if (packages.length === 0 && dropped.length === 0)
    return { stderr: 'The WIT here names no packages but those of WASI, and the lock file has none.' }
  const verbs = dryRun ? DRY : VERBS
  const rows = packages.map(({ id, state, signer }) =>
    statusLine(err, verbs[state], `${id}, signed ${signedBy(signer ?? undefined)}`),
  )
  const gone = dropped.map((id) => statusLine(err, dryRun ? 'Would drop' : 'Dropped', id))
  const wrote = statusLine(
    err,
    dryRun ? 'Would write' : 'Wrote',
    `${count(files.length, 'file')} in ${folder}`,
  )
  return { stderr: [...rows, ...gone, wrote].join('\n') }
}

const VERBS = { added: 'Fetched', unchanged: 'Unchanged' } as const
const DRY = { added: 'Would fetch', unchanged: 'Unchanged' } as const
