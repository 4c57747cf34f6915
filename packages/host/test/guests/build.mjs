// Builds the guests before the tests: real programs, by the toolchains that authors use. Each is built again only when
// its sources or the versions of the tools changed. As `globalSetup` of vitest it runs once, in the main process.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import { inLanes } from '../../../../scripts/lib/lanes.mjs'
import { inRoot } from '../../../../scripts/lib/paths.mjs'
import { timed } from '../../../../scripts/lib/report.mjs'
import { run } from '../../../../scripts/lib/run.mjs'
import { rustEnv, setUpRust, withoutRust } from '../../../../scripts/lib/rust.mjs'
import { unlessDone } from '../../../../scripts/lib/stamps.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const inGuests = (...parts) => path.join(here, ...parts)

/** Rust's come one after the other: cargo lets one build at a time into a folder. */
const guests = {
  rust: buildRust,
  javascript: buildJavaScript,
  c: buildC,
  assemblyscript: buildByCommand,
  keeper: (name, result) => buildRust(name, result, 'keeper'),
  preview1: buildCommand,
  cgi: (name, result) => buildRust(name, result, 'cgi'),
  'cgi-c': buildCommand,
  'cgi-assemblyscript': buildScript,
  server: (name, result) => buildRust(name, result, 'server'),
}

export default async function buildGuests() {
  await inLanes(2, Object.entries(guests), async ([name, build]) => {
    const result = inGuests(name, 'dist', `${name}.wasm`)
    const inputs = [
      inGuests(name),
      inGuests('wit'),
      inGuests('build.mjs'),
      inRoot('wit/deps'),
      ...tools(name),
    ]
    await unlessDone(`guest-${name}`, { inputs: { paths: inputs }, results: [result] }, () =>
      build(name, result),
    )
  })
}

function tools(name) {
  const sdk = ['packages/plugin-sdk/assembly', 'packages/plugin-sdk/src'].map((folder) => inRoot(folder))
  return name === 'assemblyscript' ? sdk : [inRoot('packages/host/package.json')]
}

/** `wasm-plugin build`, as an author would, with the manifest. */
async function buildByCommand(name) {
  const command = inRoot('packages/cli/dist/bin.js')
  if (!existsSync(command)) throw new Error('the packages are not built: run `npm run build` first')
  await timed('Building', `guest in ${name}`, () =>
    run(process.execPath, [command, 'build'], { cwd: inGuests(name) }),
  )
}

/** By cargo alone, so without a manifest: this guest gets whatever a test grants. */
async function buildRust(name, result, crate = 'guest') {
  const { ready, reason } = await setUpRust()
  if (!ready) return withoutRust(reason)
  // The example needs the same crates: built once for both.
  const target = inRoot('examples/rust-plugin/target')
  const env = { ...(await rustEnv()), CARGO_TARGET_DIR: target }
  await timed('Building', `guest in ${name}`, () =>
    run('cargo', ['build', '--release', '--locked', '--target', 'wasm32-wasip2'], {
      cwd: inGuests(name),
      env,
    }),
  )
  write(result, readFileSync(path.join(target, `wasm32-wasip2/release/${crate}.wasm`)))
}

/** To a module of WASI preview 1 by clang, and from there to a component by the adapter. */
async function buildC(name, result) {
  await timed('Building', `guest in ${name}`, async () => {
    const embedded = await componentEmbed({
      binary: await clang(name, ['-mexec-model=reactor']),
      witSource: contract(),
      world: 'c-guest',
    })
    write(result, await componentNew(embedded, [['wasi_snapshot_preview1', await preview1Adapter()]]))
  })
}

/** A program, which stays a core module of preview 1. */
async function buildCommand(name, result) {
  await timed('Building', `guest in ${name}`, async () => write(result, await clang(name, [])))
}

/** AssemblyScript by its own compiler, whose module imports of preview 1 what its source names. */
async function buildScript(name, result) {
  const asc = inRoot('packages/host/node_modules/assemblyscript/bin/asc.js')
  const args = [
    inGuests(name, 'assembly/page.ts'),
    '--outFile',
    result,
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '-O',
  ]
  mkdirSync(path.dirname(result), { recursive: true })
  await timed('Building', `guest in ${name}`, () => run(process.execPath, [asc, ...args]))
}

/** The core module that all C of a guest becomes. */
async function clang(name, more) {
  const { runClang } = await import('@yowasp/clang')
  const sources = readdirSync(inGuests(name)).filter((file) => /\.[ch]$/.test(file))
  const files = Object.fromEntries(sources.map((file) => [file, readFileSync(inGuests(name, file))]))
  const compiled = sources.filter((file) => file.endsWith('.c'))
  const args = ['-O2', '-std=gnu17', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', ...more]
  let said = ''
  const stderr = (bytes) => {
    if (bytes) said += new TextDecoder().decode(bytes)
  }
  const tree = await runClang(['clang', ...args, ...compiled, '-o', 'guest.wasm'], files, { stderr }).catch(
    (error) => {
      throw new Error(`clang failed\n${said}`, { cause: error })
    },
  )
  return tree['guest.wasm']
}

/** The contract without WASI, which the adapter brings. */
function contract() {
  const [head] = readFileSync(inGuests('wit/guest.wit'), 'utf8').split('world guest {')
  return `${head}world c-guest { export program; }`
}

async function preview1Adapter() {
  const { preview1AdapterReactorPath } = await import('@bytecodealliance/jco')
  return readFileSync(preview1AdapterReactorPath())
}

/** In a process of its own: the engine of the guest is run, and writes to stdout. */
async function buildJavaScript(name, result) {
  mkdirSync(path.dirname(result), { recursive: true })
  await timed('Building', `guest in ${name}`, () =>
    run(process.execPath, [inGuests(name, 'build.mjs'), result]),
  )
}

function write(file, bytes) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildGuests()
