import type { PluginProfile } from '@wasm-plugin/host'
import type { Progress } from '../command.js'

/** Functions that are shown. */
const ROWS = 5

/** Shows what a profile says first. Names of functions and files are as the host shows them. */
export function showTimes(
  { functions, pluginMs, wasiMs, hostMs }: PluginProfile,
  progress: Pick<Progress, 'line'>,
): void {
  progress.line(
    `profile: ${shownMs(pluginMs)} in the plugin, ${shownMs(wasiMs)} in WASI, ${shownMs(hostMs)} in the application`,
  )
  for (const { function: name, file, line, selfMs } of functions.slice(0, ROWS)) {
    const where = file === null ? '' : ` (${file}:${line})`
    progress.line(`  ${shownMs(selfMs).padStart(9)}  ${name ?? 'a function without a name'}${where}`)
  }
}

export function shownMs(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
}
