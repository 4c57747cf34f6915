// Builds bindgen.wasm: `node bindgen/build.mjs`, or `--check` to compare a rebuild with the file that is here.
// Needs the pinned rustc with the target; adds the target with rustup where it can.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'

/** Another compiler makes other bytes of the same source. */
export const RUSTC = '1.95.0'
const TARGET = 'wasm32-unknown-unknown'
const here = path.dirname(fileURLToPath(import.meta.url))
export const COMPONENT = path.join(here, 'bindgen.wasm')

/** Why the component cannot be rebuilt here, or null. */
export function whyNot() {
  const version = run('rustc', ['--version'])
  if (version.status !== 0) return 'there is no rustc'
  const found = version.stdout.split(' ')[1]
  if (found !== RUSTC) return `rustc is ${found}, and bindgen.wasm was made with ${RUSTC}`
  if (run('rustup', ['target', 'add', TARGET]).status !== 0)
    return `rustup cannot add ${TARGET} (\`rustup target add ${TARGET}\`)`
  return null
}

/** The component's bytes, from its source and the crates that Cargo.lock names. */
export async function rebuild() {
  const target = process.env.CARGO_TARGET_DIR ?? mkdtempSync(path.join(tmpdir(), 'wasm-plugin-bindgen-'))
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
    const core = readFileSync(path.join(target, TARGET, 'release/wasm_plugin_bindgen.wasm'))
    return Buffer.from(await componentNew(core, []))
  } finally {
    if (process.env.CARGO_TARGET_DIR === undefined) rmSync(target, { recursive: true, force: true })
  }
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const reason = whyNot()
  if (reason !== null) throw new Error(`bindgen.wasm cannot be rebuilt: ${reason}`)
  const bytes = await rebuild()
  if (!process.argv.includes('--check')) writeFileSync(COMPONENT, bytes)
  else if (!bytes.equals(readFileSync(COMPONENT))) throw new Error('a rebuild gives other bytes')
}
