import path from 'node:path'
import type { Plugin, PluginProfile } from '@wasm-plugin/host'
import type { Context } from '../command.js'
import { usageErrors } from '../errors/index.js'
import { writeWholeFile } from '../project/files.js'
import { flamePage } from './flame-page.js'
import { lookOn } from './look-on.js'
import { showTimes } from './show-times.js'

/** What a profile is written as, by the end of the file's name. */
const FORMS: ReadonlyMap<string, (profile: PluginProfile, title: string) => string> = new Map([
  ['.cpuprofile', ({ cpuProfile }) => JSON.stringify(cpuProfile)],
  ['.html', flamePage],
])

/** @throws {INVALID_OPTION} */
export function checkProfileFile(file: string): void {
  if (FORMS.has(path.extname(file))) return
  throw usageErrors.INVALID_OPTION({
    option: '--profile',
    value: file,
    expected: 'a file that ends in .cpuprofile or .html, or `fuel`',
  })
}

interface Work<T> {
  /** With an end that `checkProfileFile` let pass. */
  readonly file: string
  work(): Promise<T>
}

/**
 * Does something with a plugin, and writes where its time went, also when that failed.
 *
 * @throws {PATH_UNWRITABLE} {PROFILER_UNAVAILABLE} and what `work` throws
 */
export async function profiled<T extends object>(
  plugin: Plugin,
  { file, work }: Work<T>,
  { cwd, progress }: Pick<Context, 'cwd' | 'progress'>,
): Promise<T & { readonly profile: Omit<PluginProfile, 'cpuProfile'> }> {
  const { profile: whole, outcome } = await lookOn((during) => plugin.profile(during), work)
  const write = FORMS.get(path.extname(file)) as (profile: PluginProfile, title: string) => string
  await writeWholeFile(path.resolve(cwd, file), write(whole, plugin.name))
  showTimes(whole, progress)
  const { cpuProfile: _, ...profile } = whole
  return { ...(await outcome), profile }
}
