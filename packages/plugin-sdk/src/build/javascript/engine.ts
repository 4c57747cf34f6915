import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildCache } from '../../cache/cache.js'
import { textsOf } from '../../world/collect.js'
import { withShipped } from '../../world/read.js'
import { localName } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import type { BuildMode } from '../settings.js'
import { makeStaging, removeStaging } from '../staging.js'
import { interfacesOf, starlingFeatures } from './globals.js'
import { makeQuickJs } from './quickjs.js'
import { makeStarling } from './starling/make.js'
import type { Toolchain } from './toolchain.js'

export interface EngineRequest {
  readonly toolchain: Toolchain
  readonly world: World
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
export async function makeComponent(request: EngineRequest, cache: BuildCache): Promise<Uint8Array> {
  const staging = makeStaging('js')
  try {
    const source = join(staging, MODULE_NAME)
    writeFileSync(source, request.code)
    const { wit, world } = worldFor(request)
    const { toolchain, mode, globals } = request
    const job = { toolchain, wit, world, source, name: MODULE_NAME, staging }
    return toolchain.engine === 'qjs'
      ? await makeQuickJs({ ...job, mode, globals })
      : await makeStarling({ ...job, features: featuresOf(request) }, cache)
  } finally {
    removeStaging(staging)
  }
}

/**
 * The world that the engine gets: what the program imports of its own world, and not the rest; and what the SDK
 * brings for QuickJS, which imports WASI. A world with functions and interfaces of its own is left whole.
 */
function worldFor({ toolchain, world, globals, externals }: EngineRequest) {
  const name = localName(world.id)
  const brought = toolchain.engine === 'qjs' ? interfacesOf(globals) : []
  const isPlain = [...world.imports, ...world.exports].every(
    ([id, { kind }]) => kind === 'instance' && id.includes('/'),
  )
  const imports = isPlain
    ? [...new Set([...[...world.imports.keys()].filter((id) => externals.has(id)), ...brought])]
    : brought.filter((id) => !world.imports.has(id))
  if (!isPlain && imports.length === 0) return { wit: world.wit, world: name }
  const exports = isPlain ? [...world.exports.keys()] : []
  const rows = [
    ...(isPlain ? [] : [`include ${name};`]),
    ...imports.map((id) => `import ${reference(id, world)};`),
    ...exports.map((id) => `export ${reference(id, world)};`),
  ]
  const own = `world ${OWN_WORLD} {\n  ${rows.join('\n  ')}\n}\n`
  const files = withShipped(new Map([[`${OWN_WORLD}.wit`, own], ...world.wit]))
  return { wit: textsOf({ files }), world: OWN_WORLD }
}

/** An interface as a world of the same package names it: by its name alone, if it is of this package too. */
function reference(id: string, world: World): string {
  const packageOf = (full: string) => full.replace(/\/[^@]*/, '')
  return packageOf(id) === packageOf(world.id) ? `%${localName(id)}` : id
}

const OWN_WORLD = 'wasm-plugin-build'

/** What StarlingMonkey keeps of WASI. */
function featuresOf({ mode, globals }: EngineRequest): string[] {
  const used = Object.entries(starlingFeatures).flatMap(([feature, names]) =>
    names.some((name) => globals.has(name)) ? [feature] : [],
  )
  return mode === 'size' && !globals.has('console') ? used : ['stdio', ...used]
}
