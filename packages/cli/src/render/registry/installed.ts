import type { LockedPlugin, PassedOver, Review } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import type { Style } from '../../output/style.js'
import { reviewLines } from './review.js'
import { signedBy } from './signer.js'

/** One plugin of an `install` or `update`. */
export type InstalledRow = {
  readonly name: string
  readonly passedOver: readonly PassedOver[]
} & (
  | {
      readonly state: 'installed' | 'updated' | 'unchanged'
      readonly plugin: LockedPlugin
      /** The version before. */
      readonly before: string | null
      /** When its registry was last asked whether it was withdrawn; null if that was now, or nobody knows. */
      readonly asked: string | null
    }
  /** Of `--dry-run`: what would be decided on. */
  | { readonly state: 'dry-run'; readonly review: Review }
)

export interface InstallResult {
  readonly plugins: readonly InstalledRow[]
}

export function renderInstalled({ plugins }: InstallResult, { err }: { readonly err: Style }): Rendering {
  if (plugins.length === 0) return { stderr: 'Nothing is installed here.' }
  return { stderr: plugins.flatMap((row) => rowLines(row, err)).join('\n') }
}

const VERBS = { installed: 'Installed', updated: 'Updated', unchanged: 'Unchanged' } as const

function rowLines(row: InstalledRow, err: Style): string[] {
  const over = row.passedOver.map(
    ({ version, reason }) => `${err.yellow('passed over')} ${version}: ${reason}`,
  )
  if (row.state === 'dry-run') return [...over, ...reviewLines(row.review)]
  const { name, state, before, plugin, asked } = row
  const version = before === null || before === plugin.version ? '' : `${before} -> `
  const since = asked === null ? '' : `, its registry was asked on ${asked.slice(0, 10)}`
  const what = `${name} ${version}${plugin.version}, signed ${signedBy(plugin.signer)}${since}`
  return [...over, statusLine(err, VERBS[state], what)]
}
