import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BindgenLanguage, GeneratedFile } from '../../bindgen/bindgen.js'
import { errors } from '../../errors/index.js'
import { makeStaging, removeStaging } from '../staging.js'

/**
 * Bindings from the `wit-bindgen` that is in PATH.
 *
 * @throws {TOOLCHAIN_MISSING} {WIT_SYNTAX}
 */
export function systemBindings(
  language: BindgenLanguage,
  wit: ReadonlyMap<string, string>,
  world: string,
): GeneratedFile[] {
  const dir = makeStaging('bindings')
  try {
    for (const [path, text] of wit) {
      mkdirSync(dirname(join(dir, 'wit', path)), { recursive: true })
      writeFileSync(join(dir, 'wit', path), text)
    }
    const args = [language, 'wit', '--out-dir', 'out', '--world', world]
    const { error, status, stderr } = spawnSync('wit-bindgen', args, { cwd: dir, encoding: 'utf8' })
    if (error !== undefined) {
      const fix =
        'Run `cargo install wit-bindgen-cli`, or leave `build.bindings` out to use the one that comes along.'
      throw errors.TOOLCHAIN_MISSING({ tool: 'wit-bindgen', reason: 'it is not in PATH', fix })
    }
    if (status !== 0) throw errors.WIT_SYNTAX({ reason: stderr.trim() })
    return readdirSync(join(dir, 'out')).map((path) => ({
      path,
      bytes: readFileSync(join(dir, 'out', path)),
    }))
  } finally {
    removeStaging(dir)
  }
}
