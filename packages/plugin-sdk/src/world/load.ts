import type { ComponentType, ExternType } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { bindgenVersion, embedWorld } from '../bindgen/bindgen.js'
import { BuildCache } from '../cache/cache.js'
import { errors } from '../errors/index.js'
import { findCustomSection } from '../wasm/sections.js'
import { textsOf } from './collect.js'
import { explainComplaint } from './diagnose.js'
import { docsOf } from './docs.js'
import { readWit, type WitSource } from './read.js'
import { nameTypes, type World } from './world.js'

export interface LoadWorldOptions {
  /** A .wit file, or the folder of one WIT package with its dependencies in `deps/`. */
  readonly wit: string
  /** May be left out when the package has one world. */
  readonly world?: string | undefined
  /** Features whose `@unstable` items are wanted. @default none */
  readonly features?: readonly string[] | undefined
}

/**
 * Resolves a world of a WIT package. WASI packages that the WIT names need not be vendored: the SDK ships them.
 *
 * @throws {WIT_MISSING} the path holds no WIT
 * @throws {WIT_UNREADABLE} a part of it may not be read
 * @throws {FEATURE_UNKNOWN} with the features that there are
 * @throws {WIT_SYNTAX} with file and line
 * @throws {WORLD_UNKNOWN} with the worlds that there are
 */
export async function loadWorld(options: LoadWorldOptions): Promise<World> {
  return (await resolveWorld(options)).world
}

export interface ResolvedWorld {
  readonly world: World
  /** Payload of the `component-type` section that makes a core module with UTF-16 strings a component of it. */
  readonly metadata: Uint8Array
  /** A core module with the signatures that `wit-component` expects; an oracle for the tests of generators. */
  readonly dummy: Uint8Array
}

/** `loadWorld` for the build, which embeds the world's metadata too. */
export async function resolveWorld(
  { wit, world: name, features = [] }: LoadWorldOptions,
  cache: BuildCache = NO_CACHE,
): Promise<ResolvedWorld> {
  const source = await readWit(wit, features)
  const make = async () => ({ bytes: await embedDummy(source, name), data: null })
  const contents = source.files.map(({ place, text }) => [place, text])
  const inputs = [bindgenVersion(), name, contents]
  const { bytes: dummy } = await cache.entry('world', inputs, make)
  const metadata = findCustomSection(dummy, 'component-type')
  if (metadata === null) throw errors.WIT_TOOLS_FAILED({ step: 'embedding the world', reason: 'no metadata' })
  return { world: decodeWorld(metadata, source, features), metadata, dummy }
}

const NO_CACHE = new BuildCache(null)

async function embedDummy(source: WitSource, world: string | undefined): Promise<Uint8Array> {
  const texts = source.files.map(({ place, text }) => ({ path: place, text }))
  return await embedWorld(texts, world, (complaint) => explainComplaint(complaint, source, world))
}

/** The metadata is a component that exports one component type, which exports the world as another. */
function decodeWorld(metadata: Uint8Array, source: WitSource, features: readonly string[]): World {
  const [wrapper] = decodeComponent(metadata).root.type.exports.values()
  const [entry] = componentOf(wrapper).exports
  const [id, type] = entry ?? []
  const { imports, exports } = componentOf(type)
  return {
    id: id ?? '',
    imports,
    exports,
    wit: textsOf(source),
    features,
    leftOut: source.leftOut,
    docs: docsOf(source.files),
    names: nameTypes({ imports, exports }),
  }
}

function componentOf(type: ExternType | undefined): ComponentType {
  const inner = type?.kind === 'type' ? type.type : type
  if (inner?.kind === 'component') return inner
  throw errors.WIT_TOOLS_FAILED({ step: 'reading the world', reason: 'the metadata holds no component type' })
}
