// Builds dwarf.wasm: `node dwarf/build.mjs`, or `--check` to compare a rebuild with the file that is here.
// Needs the pinned rustc with the target; adds the target with rustup where it can.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { clampCoreModule, meterCoreModule } from '@wasm-plugin/runtime/internal'

/** Another compiler makes other bytes of the same source. */
export const RUSTC = '1.95.0'
const TARGET = 'wasm32-unknown-unknown'
/** What the largest debug information that is read takes, and what is made of it. */
const MEMORY_BYTES = 512 << 20
const here = path.dirname(fileURLToPath(import.meta.url))
export const MODULE = path.join(here, 'dwarf.wasm')

/** Why the module cannot be rebuilt here, or null. */
export function whyNot() {
  const version = run('rustc', ['--version'])
  if (version.status !== 0) return 'there is no rustc'
  const found = version.stdout.split(' ')[1]
  if (found !== RUSTC) return `rustc is ${found}, and dwarf.wasm was made with ${RUSTC}`
  if (run('rustup', ['target', 'add', TARGET]).status !== 0)
    return `rustup cannot add ${TARGET} (\`rustup target add ${TARGET}\`)`
  return null
}

/** The module's bytes, metered and with a bounded memory, from its source and the crates that Cargo.lock names. */
export function rebuild() {
  const target = process.env.CARGO_TARGET_DIR ?? mkdtempSync(path.join(tmpdir(), 'wasm-plugin-dwarf-'))
  mkdirSync(target, { recursive: true })
  try {
    const cargo = process.env.CARGO_HOME ?? path.join(homedir(), '.cargo')
    const remap = [here, target, cargo, run('rustc', ['--print', 'sysroot']).stdout.trim()]
      .map((folder) => `--remap-path-prefix=${folder}=.`)
      .join('\x1f')
    const built = run('cargo', ['build', '--release', '--locked', '--target', TARGET], {
      cwd: here,
      env: { ...process.env, CARGO_TARGET_DIR: target, CARGO_ENCODED_RUSTFLAGS: remap },
    })
    if (built.status !== 0) throw new Error(`cargo failed:\n${built.stderr}`)
    const core = readFileSync(path.join(target, TARGET, 'release/wasm_plugin_dwarf.wasm'))
    const clamped = clampCoreModule(core, { memoryBytes: MEMORY_BYTES, tableElements: 10_000 })
    return Buffer.from(meterCoreModule(clamped))
  } finally {
    if (process.env.CARGO_TARGET_DIR === undefined) rmSync(target, { recursive: true, force: true })
  }
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const reason = whyNot()
  if (reason !== null) throw new Error(`dwarf.wasm cannot be rebuilt: ${reason}`)
  const bytes = rebuild()
  if (!process.argv.includes('--check')) writeFileSync(MODULE, bytes)
  else if (!bytes.equals(readFileSync(MODULE))) throw new Error('a rebuild gives other bytes')
}
