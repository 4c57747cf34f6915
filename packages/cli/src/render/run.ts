import type { FuelProfile, GrantsInput, PluginProfile } from '@wasm-plugin/host'
import type { Rendering } from '../command.js'
import { formatJson } from '../values/format.js'

export interface RunResult {
  /** `acme:site/render@0.1.0#render` */
  readonly function: string
  /** False for a function that returns nothing. */
  readonly hasValue: boolean
  /** The value as JSON, with the names of the WIT. */
  readonly value: unknown
  /** With `--learn`: the smallest grants for this call. */
  readonly learned?: GrantsInput
  /** With `--profile`: what is in the file, or the fuel of each function. */
  readonly profile?: Omit<PluginProfile, 'cpuProfile'> | FuelProfile
  /** Of a program. */
  readonly exitCode?: number
  /** What a program wrote, with `--json`; the bytes too, where they are not UTF-8. */
  readonly stdout?: string
  readonly stdoutBase64?: string
  readonly stderr?: string
  readonly stderrBase64?: string
  /** Milliseconds that the call took. */
  readonly ms: number
}

/** The value alone: what a script wants. */
export function renderRun({ hasValue, value }: RunResult): Rendering {
  return hasValue ? { stdout: formatJson(value) } : {}
}
