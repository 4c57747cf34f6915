import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'

/** Another compiler makes other bytes of the same source. */
const RUSTC = '1.95.0'
const TARGET = 'wasm32-unknown-unknown'

/** Why a module that is kept in the repository cannot be rebuilt here, or null. Adds the target with rustup where it can. */
export function whyNotRust(file) {
  const version = run('rustc', ['--version'])
  if (version.status !== 0) return 'there is no rustc'
  const found = version.stdout.split(' ')[1]
  if (found !== RUSTC) return `rustc is ${found}, and ${file} was made with ${RUSTC}`
  if (run('rustup', ['target', 'add', TARGET]).status !== 0)
    return `rustup cannot add ${TARGET} (\`rustup target add ${TARGET}\`)`
  return null
}

/**
 * The core module of the crate in a folder, from its source and the crates that Cargo.lock names: the same bytes on every
 * machine.
 */
export function rustModule(folder, crate) {
  const target = process.env.CARGO_TARGET_DIR ?? mkdtempSync(path.join(tmpdir(), 'wasm-plugin-rust-module-'))
  mkdirSync(target, { recursive: true })
  try {
    const cargo = process.env.CARGO_HOME ?? path.join(homedir(), '.cargo')
    const remap = [folder, target, cargo, run('rustc', ['--print', 'sysroot']).stdout.trim()]
      .map((from) => `--remap-path-prefix=${from}=.`)
      .join('\x1f')
    const built = run('cargo', ['build', '--release', '--locked', '--target', TARGET], {
      cwd: folder,
      env: { ...process.env, CARGO_TARGET_DIR: target, CARGO_ENCODED_RUSTFLAGS: remap },
    })
    if (built.status !== 0) throw new Error(`cargo failed:\n${built.stderr}`)
    return readFileSync(path.join(target, TARGET, `release/${crate}.wasm`))
  } finally {
    if (process.env.CARGO_TARGET_DIR === undefined) rmSync(target, { recursive: true, force: true })
  }
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
}
