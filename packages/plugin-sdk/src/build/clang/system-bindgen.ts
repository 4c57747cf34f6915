import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BindgenLanguage, GeneratedFile } from '../../bindgen/bindgen.js'
import { errors } from '../../errors/index.js'
import { makeStaging, removeStaging } from '../staging.js'

/** The versions whose C++ `mend-cpp-source` knows; what it does not mend gives wrong values. */
export const MENDED_VERSION = '0.63'

/**
 * Bindings from the `wit-bindgen` that is in PATH.
 *
 * @throws {TOOLCHAIN_MISSING} {WIT_TOOLS_FAILED}
 */
export function systemBindings(
  language: BindgenLanguage,
  wit: ReadonlyMap<string, string>,
  world: string,
): GeneratedFile[] {
  findSystemBindgen(language)
  const dir = makeStaging('bindings')
  try {
    for (const [path, text] of wit) {
      mkdirSync(dirname(join(dir, 'wit', path)), { recursive: true })
      writeFileSync(join(dir, 'wit', path), text)
    }
    const args = [language, 'wit', '--out-dir', 'out', '--world', world]
    const { status, stderr } = spawnSync('wit-bindgen', args, { cwd: dir, encoding: 'utf8' })
    // The WIT has been read before this: it is the tool that does not take it.
    if (status !== 0)
      throw errors.WIT_TOOLS_FAILED({ step: '`wit-bindgen` of this machine', reason: stderr.trim() })
    return readdirSync(join(dir, 'out')).map((path) => ({
      path,
      bytes: readFileSync(join(dir, 'out', path)),
    }))
  } finally {
    removeStaging(dir)
  }
}

/**
 * Version of the `wit-bindgen` in PATH, if it does for the language.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export function findSystemBindgen(
  language: BindgenLanguage,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { status, stdout } = spawnSync('wit-bindgen', ['--version'], { encoding: 'utf8', env })
  const install = (which: string) =>
    `Run \`cargo install wit-bindgen-cli${which}\`, or leave \`build.bindings\` out to use the one that comes along.`
  if (status !== 0) {
    const reason = 'it is not in PATH'
    throw errors.TOOLCHAIN_MISSING({ tool: 'wit-bindgen', reason, fix: install('') })
  }
  const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? stdout.trim()
  if (language === 'c' || version.startsWith(`${MENDED_VERSION}.`)) return version
  throw errors.TOOLCHAIN_MISSING({
    tool: `wit-bindgen ${MENDED_VERSION}`,
    reason: `C++ is built with the bindings of that version, and the one in PATH is ${version}`,
    fix: install(` --version ${MENDED_VERSION}.0`),
  })
}
