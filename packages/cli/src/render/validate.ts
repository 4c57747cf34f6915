import type { Difference } from '@wasm-plugin/sdk'
import type { Rendering } from '../command.js'
import type { Style } from '../output/style.js'
import { count, formatBytes } from '../output/units.js'
import { engineLines } from './engine.js'
import { leftOutLines } from './left-out.js'

export interface ValidateResult {
  readonly file: string
  readonly world: string
  readonly fits: boolean
  readonly size: number
  readonly differences: readonly Difference[]
  /** Unstable features of the contract that it was compared without. */
  readonly leftOut: readonly string[]
  /** Why this Node does not compile it, or null. */
  readonly engine: string | null
  /** Capabilities that are imported and not asked for in the manifest, or the other way round. */
  readonly capabilities: readonly {
    readonly capability: string
    readonly state: 'not-declared' | 'not-used'
    readonly asked: readonly string[]
    readonly imports: readonly string[]
  }[]
}

export function renderValidate(result: ValidateResult, { out }: { readonly out: Style }): Rendering {
  const { file, world, fits, size, differences, capabilities } = result
  const fatal = differences.filter((difference) => difference.fatal)
  const [wasi, notes] = split(differences.filter((difference) => !difference.fatal))
  const lines = [
    ...spaced(engineLines(result.engine, out.red('error'))),
    ...fatal.flatMap((difference) => [...differenceLines(difference, out.red('error'), out), '']),
    ...notes.flatMap((difference) => [...differenceLines(difference, out.cyan('note'), out), '']),
    ...spaced(wasiLines(wasi, out)),
    ...spaced(leftOutLines(result.leftOut, out)),
    ...capabilities.flatMap((capability) => [...capabilityLines(capability, out), '']),
    fits
      ? `${out.green('fits')}: ${file} (${formatBytes(size)}) can be used as ${world}`
      : `${out.red('does not fit')}: ${file} (${formatBytes(size)}) cannot be used as ${world}: ${count(fatal.length + (result.engine === null ? 0 : 1), 'error')}`,
  ]
  return { stdout: lines.join('\n') }
}

const spaced = (lines: readonly string[]) => (lines.length === 0 ? [] : [...lines, ''])

/** What a compiler adds of WASI is one fact, however many interfaces it has. */
function split(notes: readonly Difference[]): [wasi: Difference[], others: Difference[]] {
  const isWasi = ({ kind, interface: id }: Difference) => kind === 'extra-import' && id.startsWith('wasi:')
  return [notes.filter(isWasi), notes.filter((note) => !isWasi(note))]
}

function wasiLines(wasi: readonly Difference[], style: Style): string[] {
  if (wasi.length === 0) return []
  const names = wasi.map(({ interface: id }) => id.slice('wasi:'.length).split('@')[0]).join(', ')
  return [
    `${style.cyan('note')}: the plugin imports ${count(wasi.length, 'interface')} of WASI beside its world, for hosts to answer by their grants:`,
    `  ${names}`,
  ]
}

const VERDICTS: Readonly<Record<Difference['kind'], (name: string) => string>> = {
  'missing-export': (name) => `the plugin does not export ${name}`,
  'missing-function': (name) => `the plugin does not export ${name}`,
  'extra-export': (name) => `the plugin exports ${name}, which the world does not ask for`,
  'extra-import': (name) => `the plugin imports ${name}, which the world does not offer`,
  'extra-imported-function': (name) => `the plugin imports ${name}, which the world does not offer`,
  signature: (name) => `${name} has another type than the world gives it`,
}

function differenceLines(difference: Difference, label: string, style: Style): string[] {
  const { kind, item, wanted, found } = difference
  const name = item === undefined ? difference.interface : `${difference.interface}#${item}`
  return [
    `${label}: ${VERDICTS[kind](name)}`,
    ...(wanted === undefined ? [] : [`  ${style.dim('world ')}  ${wanted}`]),
    ...(found === undefined ? [] : [`  ${style.dim('plugin')}  ${found}`]),
  ]
}

function capabilityLines(mismatch: ValidateResult['capabilities'][number], style: Style): string[] {
  const { capability, state, asked, imports } = mismatch
  const label = style.yellow('warning')
  if (state === 'not-used') {
    return [
      `${label}: the manifest asks for ${capability}, which the plugin has no import to use: ${asked.join(', ')}`,
    ]
  }
  return [
    `${label}: the plugin imports ${imports.join(', ')}`,
    `  and its manifest asks for no ${capability}; whatever it tries there will be denied`,
  ]
}
