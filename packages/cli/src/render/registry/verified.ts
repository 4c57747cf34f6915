import type { Digest, Review, Signer, Status } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import type { Style } from '../../output/style.js'
import { errorLines, type RowError } from './outdated.js'
import { reviewLines } from './review.js'
import { signedBy } from './signer.js'

export type VerifyResult =
  | { readonly kind: 'version'; readonly review: Review; readonly status: Status | null }
  | ({ readonly kind: 'file'; readonly file: string; readonly name: string; readonly version: string } & {
      readonly signer: Signer | null
    })
  | { readonly kind: 'installed'; readonly plugins: readonly CheckedRow[] }

export interface CheckedRow {
  readonly kind: 'plugin' | 'wit'
  readonly name: string
  readonly version: string
  readonly manifest: Digest
  readonly status: Status | null
  readonly error: RowError | null
}

export function renderVerified(
  result: VerifyResult,
  { out, err }: { readonly out: Style; readonly err: Style },
): Rendering {
  if (result.kind === 'file') {
    const { file, name, version, signer } = result
    const what = `${file} is ${name}@${version}, signed ${signedBy(signer ?? undefined)}`
    return { stderr: statusLine(err, 'Verified', what) }
  }
  if (result.kind === 'version') {
    const { review, status } = result
    return { stdout: [...reviewLines(review), ...statusLines(status, out)].join('\n') }
  }
  const { plugins } = result
  if (plugins.length === 0) return { stderr: 'Nothing is installed here.' }
  return { stdout: plugins.map((row) => checkedLine(row, out)).join('\n') }
}

function checkedLine({ kind, name, version, status, error }: CheckedRow, style: Style): string {
  const what = `${kind === 'wit' ? 'WIT ' : ''}${name} ${version}`
  if (error !== null) return `${style.red('failed')}  ${what}: ${errorLines(error, style).join('\n')}`
  const [line] = statusLines(status, style)
  return line === undefined ? `${style.green('ok')}      ${what}` : `${line} (${what})`
}

function statusLines(status: Status | null, style: Style): string[] {
  return status === null ? [] : [`${style.red(status.status)} by its publisher: ${status.reason}`]
}
