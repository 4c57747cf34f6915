import path from 'node:path'
import { PluginError } from '@wasm-plugin/runtime/errors'
import type { BuildMode, JavaScriptEngine } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { failures, usageErrors } from '../errors/index.js'
import { relativeTo } from '../output/paths.js'
import { formatBytes, formatDuration } from '../output/units.js'
import { buildProject } from '../project/build-project.js'
import { type Origin, readProject } from '../project/project.js'
import type { BuildCommandResult } from '../render/build.js'
import { watchProject } from './watch-project.js'

export interface WatchedBuild {
  /** The command that watches. */
  readonly command: string
  readonly dir: string
  readonly mode: BuildMode
  readonly engine?: JavaScriptEngine | undefined
  readonly toolchain?: Origin | undefined
  /** What follows a build that worked. */
  readonly then?: ((built: BuildCommandResult) => Promise<void>) | undefined
}

/**
 * Builds a project now and after every change, one line each. What is wrong with the project is shown and waited out.
 *
 * @throws {OPTIONS_CONFLICT} with --json
 * @throws {NO_PROJECT} when there is nothing to watch
 * @throws {INTERRUPTED} at the end, which Ctrl-C is
 */
export async function watchBuilds(context: Context, watched: WatchedBuild): Promise<never> {
  const { progress, signal } = context
  const { command, dir } = watched
  if (context.json) {
    const reason = 'the one is a single document, the other goes on'
    throw usageErrors.OPTIONS_CONFLICT({ command, options: ['--json', '--watch'], reason })
  }
  await readProject(dir).catch((error) => {
    if (PluginError.is(error, 'NO_PROJECT')) throw error
  })
  await watchProject({
    dir,
    signal,
    wit: () => contractOf(dir),
    async step(changed) {
      try {
        await buildOnce(context, watched, changed)
      } catch (error) {
        // A defect of ours would only repeat itself.
        if (!PluginError.is(error) || error.origin === 'host') throw error
        if (!signal.aborted) progress.failure(error)
      }
      progress.busy('Watching', relativeTo(context.cwd, dir))
    },
  })
  throw failures.INTERRUPTED({})
}

async function buildOnce(
  context: Context,
  { dir, mode, engine, toolchain, then }: WatchedBuild,
  changed: readonly string[],
): Promise<void> {
  const { progress } = context
  const built = await buildProject(context, { dir, mode, engine, toolchain, onStep: progress.busy })
  for (const warning of built.warnings) progress.line(`warning: ${warning}`)
  const why = changed.length === 0 ? '' : ` (${summary(changed)})`
  progress.status(
    'Built',
    `${built.relativePath} ${formatBytes(built.size)} in ${formatDuration(built.ms)}${why}`,
  )
  await then?.(built)
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
