import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'

const SOURCE = fileURLToPath(new URL('../../guests/programs.rs', import.meta.url))
const WIT = 'package bench:programs; world programs { export run: func(program: u32, n: u32) -> u32; }'
const TARGET = 'wasm32-unknown-unknown'

/** In the order of `guests/programs.rs`. */
export const NAMES = [
  ...['fnv', 'sha256', 'crc32', 'sort', 'hash map', 'tree map', 'json', 'formatting', 'characters', 'words'],
  ...['matrix', 'n-body', 'ackermann', 'trees', 'sieve', 'distance', 'interpreter'],
]

/** The programs as a core module and as a component; undefined where no rustc compiles to WebAssembly. */
export async function compilePrograms() {
  if (!(await hasCompiler())) return undefined
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-'))
  try {
    const file = path.join(folder, 'programs.wasm')
    await rustc(
      ['--edition', '2021', '--crate-type', 'cdylib', '-C', 'opt-level=3', '-C', 'panic=abort'],
      [...['--target', TARGET, '-C', 'strip=symbols', '-o', file, SOURCE]],
    )
    const core = new Uint8Array(await readFile(file))
    const embedded = await componentEmbed({ witSource: WIT, binary: core, world: 'programs', dummy: false })
    return { core, component: await componentNew(embedded, []) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function hasCompiler() {
  const library = await rustc(['--print', 'target-libdir', '--target', TARGET]).catch(() => '')
  return library !== '' && existsSync(library)
}

async function rustc(...args) {
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: '0' }
  const { stdout } = await promisify(execFile)('rustc', args.flat(), { env })
  return stdout.trim()
}
