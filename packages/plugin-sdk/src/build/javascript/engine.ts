import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { collectWit } from '../../world/collect.js'
import type { World } from '../../world/world.js'
import type { BuildMode } from '../settings.js'
import { interfacesOf, runsWithoutWasi, starlingFeatures } from './globals.js'
import { makePortable } from './portable.js'
import type { Toolchain } from './toolchain.js'

export interface EngineRequest {
  readonly toolchain: Toolchain
  readonly world: World
  /** Absolute. */
  readonly wit: string
  readonly mode: BuildMode
  readonly code: string
  /** What the program names, of `globals.ts`. */
  readonly globals: ReadonlySet<string>
  /** What the bundle imports, by the engine's names. */
  readonly externals: ReadonlySet<string>
}

/** The name of the module in stacks. */
export const MODULE_NAME = 'plugin.js'

/** Runs the bundle up to its end inside of the engine, and makes a component of the engine in that state. */
export async function makeComponent(request: EngineRequest): Promise<Uint8Array> {
  const staging = realpathSync(mkdtempSync(join(tmpdir(), 'wasm-plugin-js-')))
  try {
    writeFileSync(join(staging, MODULE_NAME), request.code)
    const { wit, world } = worldFor(request, staging)
    const complete = join(staging, 'complete')
    for (const [path, text] of await collectWit(wit)) {
      mkdirSync(dirname(join(complete, path)), { recursive: true })
      writeFileSync(join(complete, path), text)
    }
    const { engine } = request.toolchain
    const component = await runEngine(staging, { ...optionsOf(request), engine, wit: complete, world })
    return request.toolchain.engine === 'qjs' ? makePortable(component) : component
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/**
 * The world that the engine gets: what the program imports of its own world, and not the rest; and what the SDK
 * brings for QuickJS, which imports WASI. A world with functions and interfaces of its own is left whole.
 */
function worldFor({ toolchain, world, wit, globals, externals }: EngineRequest, staging: string) {
  const name = world.id.split('@')[0]!.split('/').at(-1)!
  const brought = toolchain.engine === 'qjs' ? interfacesOf(globals) : []
  const isPlain = [...world.imports, ...world.exports].every(
    ([id, { kind }]) => kind === 'instance' && id.includes('/'),
  )
  const imports = isPlain
    ? [...new Set([...[...world.imports.keys()].filter((id) => externals.has(id)), ...brought])]
    : brought.filter((id) => !world.imports.has(id))
  if (!isPlain && imports.length === 0) return { wit, world: name }
  const exports = isPlain ? [...world.exports.keys()] : []
  const folder = join(staging, 'wit')
  if (statSync(wit).isFile()) cpSync(wit, join(folder, basename(wit)))
  else cpSync(wit, folder, { recursive: true, dereference: true })
  const rows = [
    ...(isPlain ? [] : [`include ${name};`]),
    ...imports.map((id) => `import ${reference(id, world)};`),
    ...exports.map((id) => `export ${reference(id, world)};`),
  ]
  writeFileSync(join(folder, `${OWN_WORLD}.wit`), `world ${OWN_WORLD} {\n  ${rows.join('\n  ')}\n}\n`)
  return { wit: folder, world: OWN_WORLD }
}

/** An interface as a world of the same package names it: by its name alone, if it is of this package too. */
function reference(id: string, world: World): string {
  const packageOf = (full: string) => full.replace(/\/[^@]*/, '')
  return packageOf(id) === packageOf(world.id) ? `%${id.split('@')[0]!.split('/').at(-1)}` : id
}

const OWN_WORLD = 'wasm-plugin-build'

function optionsOf({ toolchain, mode, globals }: EngineRequest): Record<string, unknown> {
  if (toolchain.engine === 'qjs') {
    // Without streams there is nowhere to report an exception to, so only `size` gives them up.
    const stubWasi = mode === 'size' && runsWithoutWasi(globals)
    return {
      package: toolchain.componentize.root,
      sync: true,
      optSize: mode === 'release' || mode === 'size',
      stubWasi,
    }
  }
  const unused = Object.entries(starlingFeatures).filter(
    ([, names]) => !names.some((name) => globals.has(name)),
  )
  const stdio = mode === 'size' && !globals.has('console') ? ['stdio'] : []
  const disableFeatures = [...unused.map(([feature]) => feature), 'fetch-event', ...stdio]
  return { package: toolchain.componentize.root, disableFeatures, debugBuild: false }
}

/** The engines' tools block, print, and keep hundreds of megabytes: each build is a process of its own. */
async function runEngine(staging: string, options: Record<string, unknown>): Promise<Uint8Array> {
  const [output, report] = [join(staging, 'plugin.wasm'), join(staging, 'report.json')]
  const request = { ...options, source: join(staging, MODULE_NAME), staging, output, report }
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, JSON.stringify(request)], {
    cwd: staging,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const stop = () => child.kill()
  process.once('exit', stop)
  await new Promise<void>((done, fail) => child.once('error', fail).once('close', () => done()))
  process.removeListener('exit', stop)
  const { error } = readReport(resolve(report)) ?? { error: printed || 'the engine ended without a word' }
  if (error === null) return new Uint8Array(readFileSync(output))
  throw new EngineFailure(`${error}\n${printed}`)
}

/** What the engine said when it refused the program; `explain.ts` knows what it means. */
export class EngineFailure extends Error {}

function readReport(path: string): { error: string | null } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { error: string | null }
  } catch {
    return null
  }
}

/** The process that makes the component; its argument is the request as JSON. */
const SCRIPT = `
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const request = JSON.parse(process.argv[1])
const load = (file) => import(pathToFileURL(request.package + '/' + file).href)
const finish = (error) => writeFileSync(request.report, JSON.stringify({ error }))
async function starling() {
  // componentize-js reads the WIT by a component of its own, which sees only the folders that its WASI is given.
  try {
    const shim = createRequire(request.package + '/src/componentize.js').resolve('@bytecodealliance/preview2-shim/filesystem')
    const { _addPreopen } = await import(pathToFileURL(shim).href)
    _addPreopen('/', '/')
  } catch {}
  const { componentize } = await load('src/componentize.js')
  const { source, wit, world, disableFeatures } = request
  return (await componentize({ sourcePath: source, witPath: wit, worldName: world, disableFeatures })).component
}
async function qjs() {
  const { componentize } = createRequire(request.package + '/package.json')(request.package)
  const { source, wit, world, staging, sync, optSize, stubWasi } = request
  const options = { jsSource: readFileSync(source, 'utf8'), jsPath: source, moduleRoot: staging, witPath: wit, world }
  return (await componentize({ ...options, sync, optSize, stubWasi })).component
}
try {
  writeFileSync(request.output, await { starling, qjs }[request.engine]())
  finish(null)
} catch (error) {
  finish(String(error?.message ?? error) + '\\n' + String(error?.stderr ?? ''))
}
`
