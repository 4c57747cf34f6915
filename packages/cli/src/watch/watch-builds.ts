import path from 'node:path'
import { PluginError } from '@wasm-plugin/runtime/errors'
import type { BuildMode, JavaScriptEngine } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { failures } from '../errors/index.js'
import { relativeTo } from '../output/paths.js'
import { formatBytes, formatDuration } from '../output/units.js'
import type { BuildCommandResult } from '../project/build-project.js'
import { buildProject } from '../project/build-project.js'
import { readProject } from '../project/project.js'
import type { Origin } from '../project/settings.js'
import { watchProject } from './watch-project.js'

export interface WatchedBuild {
  readonly dir: string
  readonly mode: BuildMode
  readonly engine?: JavaScriptEngine | undefined
  readonly toolchain?: Origin | undefined
  readonly host?: string | undefined
  readonly projectCode?: boolean | undefined
  /** What follows a build that worked, and whose result is that of the round. */
  readonly then?: ((built: BuildCommandResult) => Promise<RoundResult>) | undefined
}

/** What a round came to, for programs; `ok` is false when its answer is no. */
export interface RoundResult {
  readonly ok: boolean
  readonly result: unknown
}

/**
 * Builds a project now and after every change, one line each. What is wrong with the project is shown and waited out.
 *
 * @throws {NO_PROJECT} when there is nothing to watch
 * @throws {INTERRUPTED} at the end, which Ctrl-C is
 */
export async function watchBuilds(context: Context, watched: WatchedBuild): Promise<never> {
  const { progress, signal } = context
  const { dir } = watched
  await readProject(dir).catch((error) => {
    if (PluginError.is(error, 'NO_PROJECT')) throw error
  })
  await watchProject({
    dir,
    signal,
    wit: () => contractOf(dir),
    async step(changed) {
      try {
        const round = await buildOnce(context, watched, changed)
        if (!signal.aborted) context.round({ ...round, changed })
      } catch (error) {
        // A defect of ours would only repeat itself.
        if (!PluginError.is(error) || error.origin === 'host') throw error
        if (signal.aborted) return
        if (context.json) context.round({ error, changed })
        else progress.failure(error)
      }
      progress.busy('Watching', relativeTo(context.cwd, dir))
    },
  })
  throw failures.INTERRUPTED({})
}

async function buildOnce(
  context: Context,
  { then, ...request }: WatchedBuild,
  changed: readonly string[],
): Promise<RoundResult> {
  const { progress } = context
  const built = await buildProject(context, { ...request, onStep: progress.busy })
  for (const warning of built.warnings) progress.line(`warning: ${warning}`)
  const why = changed.length === 0 ? '' : ` (${summary(changed)})`
  progress.status(
    'Built',
    `${built.relativePath} ${formatBytes(built.size)} in ${formatDuration(built.ms)}${why}`,
  )
  return (await then?.(built)) ?? { ok: true, result: built }
}

/** `assembly/index.ts changed`, `assembly/index.ts and 2 more changed` */
function summary([first = '', ...others]: readonly string[]): string {
  return `${first}${others.length === 0 ? '' : ` and ${others.length} more`} changed`
}

/** Where the contract of the project is, if its manifest can be read. */
async function contractOf(dir: string): Promise<string | undefined> {
  try {
    return path.resolve(dir, (await readProject(dir)).build.wit)
  } catch {
    return undefined
  }
}
