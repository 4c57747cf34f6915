import path from 'node:path'
import type { GrantsInput } from '@wasm-plugin/host'
import { showJson, showText } from '@wasm-plugin/runtime/text'
import type { Context } from '../command.js'
import { shellWord } from '../output/shell-word.js'
import { writeWholeFile } from '../project/files.js'

/**
 * Writes what was learned as the `grants` of `host.load`, or shows it as the flags of `run` when `file` is `-`.
 *
 * @throws {PATH_UNWRITABLE}
 */
export async function writeLearned(
  grants: GrantsInput,
  file: string,
  { cwd, progress }: Pick<Context, 'cwd' | 'progress'>,
): Promise<void> {
  if (file !== '-')
    return writeWholeFile(path.resolve(cwd, file), `${showJson(JSON.stringify(grants, null, 2))}\n`)
  const flags = flagsOf(grants, cwd).map((flag) => showText(flag))
  progress.line(flags.length === 0 ? 'needs no grants' : `needs ${flags.join('\n      ')}`)
}

function flagsOf({ fs = [], net = [], env = {} }: GrantsInput, cwd: string): string[] {
  const folders = fs.flatMap((grant) => {
    if (!('path' in grant)) return []
    const flag = grant.access === 'read' ? '--allow-read' : '--allow-write'
    return [`${flag} ${shellWord(`${path.relative(cwd, grant.path) || '.'}:${grant.at}`)}`]
  })
  const patterns = Array.isArray(net) ? net : net.allow
  const keys = Array.isArray(env) ? env : Object.keys(env)
  return [
    ...folders,
    ...patterns.map((pattern) => `--allow-net ${shellWord(pattern)}`),
    ...keys.map((key) => `--allow-env ${shellWord(key)}`),
  ]
}
