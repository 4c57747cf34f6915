import type { Rendering } from '../command.js'
import type { AskedChange, Asks } from '../component/asks.js'
import type { Style } from '../output/style.js'

export type GrantsResult =
  | { readonly action: 'show'; readonly plugin: Asks }
  | {
      readonly action: 'diff'
      readonly old: Asks
      readonly new: Asks
      readonly more: AskedChange
      readonly less: AskedChange
      /** The old one said what it asks for, and the new one does not. */
      readonly manifestRemoved: boolean
    }

export function renderGrants(result: GrantsResult, { out }: { readonly out: Style }): Rendering {
  return { stdout: (result.action === 'show' ? show(result.plugin, out) : diff(result, out)).join('\n') }
}

function show({ requests, imports, hasManifest, ...plugin }: Asks, style: Style): string[] {
  const asked = requests.length === 0 ? ['  nothing'] : requestLines(requests, '  ', style)
  return [
    style.bold(titleOf(plugin)),
    '',
    style.bold('Asks for'),
    ...(hasManifest ? asked : ['  no manifest: it may use all that it is granted']),
    '',
    style.bold('Imports'),
    ...(imports.length === 0 ? ['  nothing of the host'] : imports.map((name) => `  ${name}`)),
  ]
}

function diff(
  { old, new: newer, more, less, manifestRemoved }: Extract<GrantsResult, { action: 'diff' }>,
  style: Style,
): string[] {
  const added = [
    ...(manifestRemoved ? ['+ everything that it is granted: it has no manifest any more'] : []),
    ...changeLines(more, '+ ', style),
  ]
  const removed = changeLines(less, '- ', style)
  const title = `${titleOf(old)} -> ${titleOf(newer)}`
  if (added.length === 0 && removed.length === 0) return [`${title}: asks for the same`]
  return [`${title}: asks for ${added.length > 0 ? 'more' : 'less'}`, ...added, ...removed]
}

function changeLines({ requests, imports }: AskedChange, sign: string, style: Style): string[] {
  return [...requestLines(requests, sign, style), ...imports.map((name) => `${sign}import  ${name}`)]
}

function requestLines(requests: Asks['requests'], before: string, style: Style): string[] {
  const width = Math.max(0, ...requests.map(({ what }) => what.length))
  return requests.map(
    ({ capability, what, reason }) =>
      `${before}${capability.padEnd(6)}  ${style.yellow(what.padEnd(width))}  ${reason}`,
  )
}

function titleOf({ file, name, version }: Pick<Asks, 'file' | 'name' | 'version'>): string {
  return name === null ? file : `${name} ${version}`
}
