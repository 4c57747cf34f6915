import { access, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { isDebian12 } from './debian.mjs'
import { inRoot } from './paths.mjs'
import { timed, warn } from './report.mjs'
import { run, succeeds } from './run.mjs'
import { writeWhole } from './stamps.mjs'

const TARGET = 'wasm32-wasip2'
const RECORD = inRoot('.cache/toolchain.json')
/** Holds `cargo`, `rustc` and `rustdoc` of the toolchain in use, and nothing else: it goes first in PATH. */
const BIN = inRoot('.cache/rust-bin')

/**
 * Finds or makes a Rust toolchain that builds for WebAssembly, and remembers which.
 * Answers with the reason when there is none.
 */
export async function setUpRust() {
  const known = await recorded()
  if (known !== undefined && (await isUsable(known.bin))) return { ready: true }
  for (const find of [installedToolchain, rustupToolchain, debianToolchain]) {
    const bin = await find()
    if (bin === undefined) continue
    await writeWhole(RECORD, `${JSON.stringify({ bin }, null, 2)}\n`)
    await linkTools(bin)
    return { ready: true }
  }
  await rm(RECORD, { force: true })
  return { ready: false, reason: await missingReason() }
}

/** What to add to the environment of a command that runs cargo; `undefined` when there is no Rust. */
export async function rustEnv() {
  if ((await recorded()) === undefined) return undefined
  return { PATH: `${BIN}${path.delimiter}${process.env.PATH}`, RUSTUP_AUTO_INSTALL: '0' }
}

async function recorded() {
  return JSON.parse(await readFile(RECORD, 'utf8').catch(() => 'null')) ?? undefined
}

/** The first rustc in PATH, when the target is there already. */
async function installedToolchain() {
  const bin = await toolFolder('rustc')
  return bin !== undefined && (await isUsable(bin)) ? bin : undefined
}

async function rustupToolchain() {
  const bin = await toolFolder('rustup')
  if (bin === undefined) return undefined
  const added = await timed('Adding', `${TARGET} with rustup`, () =>
    succeeds('rustup', ['target', 'add', TARGET], { timeoutMs: 180_000 }),
  )
  return added && (await isUsable(bin)) ? bin : undefined
}

async function debianToolchain() {
  if (!(await isDebian12()) || process.getuid?.() !== 0) return undefined
  await timed('Setting up', `Rust for ${TARGET} (about a minute)`, () =>
    run(inRoot('scripts/setup-rust-wasm.sh'), []),
  )
  return '/usr/bin'
}

/** Whether the toolchain in `bin` has the standard library of the target. */
async function isUsable(bin) {
  const library = await run(path.join(bin, 'rustc'), ['--print', 'target-libdir', '--target', TARGET]).catch(
    () => '',
  )
  if (library === '') return false
  // A compiler of another version than the library was made for refuses it; the recipe's stamp has that version.
  const stamp = await readFile(path.join(library.trim(), '.setup-rust-wasm'), 'utf8').catch(() => undefined)
  if (stamp !== undefined) return stamp.startsWith((await run(path.join(bin, 'rustc'), ['-V'])).trim())
  return exists(path.join(library.trim(), 'self-contained'))
}

async function linkTools(bin) {
  await rm(BIN, { recursive: true, force: true })
  await mkdir(BIN, { recursive: true })
  for (const tool of ['cargo', 'rustc', 'rustdoc']) await symlink(path.join(bin, tool), path.join(BIN, tool))
}

async function missingReason() {
  if (await isDebian12()) return 'run `sudo scripts/setup-rust-wasm.sh`, then this command again'
  return `install Rust from https://rustup.rs, then run \`rustup target add ${TARGET}\``
}

async function toolFolder(tool) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    if (folder !== '' && folder !== BIN && (await exists(path.join(folder, tool)))) return folder
  }
  return undefined
}

/** Reports that there is no Rust; a failure in CI, where nothing may be left out. */
export function withoutRust(reason) {
  if (process.env.CI === 'true') throw new Error(`no Rust for ${TARGET}: ${reason}`)
  warn('Without Rust', reason)
}

function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  )
}
