import {
  type BindgenLanguage,
  bindgenVersion,
  type GeneratedFile,
  runGenerator,
} from '../../bindgen/bindgen.js'
import { BuildCache } from '../../cache/cache.js'
import type { CacheEntry } from '../../cache/entry.js'
import { concatBytes } from '../../wasm/sections.js'
import { refuseUnsupported } from '../../world/unsupported.js'
import type { World } from '../../world/world.js'
import { clashingTypes } from './clashing-types.js'
import { escapeNames, unescapeNames } from './escape-names.js'
import { giveValues, mendTypes, orderHeader } from './mend-cpp.js'
import { mendSource } from './mend-cpp-source.js'
import { orderImports } from './order-imports.js'
import { type MovedTypes, moveOwnTypes } from './own-resources.js'
import { systemBindings } from './system-bindgen.js'

export interface ClangBindings {
  /** Header and source of the world, by file name. */
  readonly files: ReadonlyMap<string, string>
  /** The object that carries the world to the linker. */
  readonly world: Uint8Array
  /** Classes of exported resources, whose fields the author adds: templates by file name. */
  readonly classes: ReadonlyMap<string, string>
}

export interface BindingsOptions {
  /** Where the bindings of an earlier build are. */
  readonly cache?: BuildCache
  /** Run the wit-bindgen in PATH. */
  readonly system?: boolean
}

/**
 * Bindings of a world, from an earlier build where the WIT is the same.
 *
 * @throws {TYPE_UNSUPPORTED} {TOOLCHAIN_MISSING} {WIT_TOOLS_FAILED}
 */
export async function clangBindings(
  world: World,
  language: BindgenLanguage,
  { cache, system = false }: BindingsOptions = {},
): Promise<ClangBindings> {
  refuseUnsupported(world, TITLES[language])
  const { id, wit } = world
  const moved = await moveOwnTypes(world, language)
  const generate = async (text: World['wit'], name = id) =>
    system ? systemBindings(language, text, name) : await runGenerator(language, text, name)
  const clashing = language === 'c' ? clashingTypes(world) : undefined
  const written = escapeNames(moved?.wit ?? wit, language, clashing)
  const make = async () => {
    const files = await withTypes(await generate(written), generate)
    if ([...written].every(([path, text]) => text === wit.get(path))) return files
    // The linker gets the world as it is, whatever the sources are made from.
    const isWorld = ({ path }: GeneratedFile) => path.endsWith('.o')
    return [...files.filter((file) => !isWorld(file)), ...(await generate(wit)).filter(isWorld)]
  }
  if (system) return sorted(await make(), moved)
  const generated = await (cache ?? new BuildCache(null)).entry(
    'bindings',
    [bindgenVersion(), language, id, [...wit], [...written]],
    async () => pack(await make()),
  )
  return sorted(unpack(generated), moved)
}

/**
 * The classes of exported resources need the types that all bindings share, which wit-bindgen leaves out where nothing else
 * in the world does.
 */
async function withTypes(
  files: readonly GeneratedFile[],
  generate: (wit: World['wit'], world: string) => Promise<readonly GeneratedFile[]>,
): Promise<readonly GeneratedFile[]> {
  const lacksTypes = files.some(({ path }) => path.startsWith('exports-')) && !files.some(isTypes)
  if (!lacksTypes) return files
  const other = new Map([['types.wit', 'package a:types; world types { import text: func() -> string; }']])
  return [...files, ...(await generate(other, 'a:types/types')).filter(isTypes)]
}

const isTypes = ({ path }: GeneratedFile) => path === 'wit.h'

const TITLES: Readonly<Record<BindgenLanguage, string>> = { c: 'C', cpp: 'C++' }

function sorted(generated: readonly GeneratedFile[], moved: MovedTypes | null): ClangBindings {
  const files = new Map<string, string>()
  const classes = new Map<string, string>()
  let world: Uint8Array = new Uint8Array()
  for (const { path: generatedPath, bytes } of generated) {
    const path = unescapeNames(generatedPath)
    const text = unescapeNames(endComments(new TextDecoder().decode(bytes)))
    if (path.endsWith('.o')) world = bytes
    else if (path.startsWith('exports-')) classes.set(path, text)
    else if (path.endsWith('_cpp.h')) files.set(path, orderHeader(orderImports(giveValues(text))))
    else if (path === 'wit.h') files.set(path, mendTypes(text))
    else files.set(path, path.endsWith('.cpp') ? mendSource(moved?.mend(text) ?? text) : text)
  }
  return { files, world, classes }
}

/** One run of bytes, and where each file ends. */
function pack(files: readonly GeneratedFile[]): CacheEntry<[path: string, size: number][]> {
  return {
    bytes: concatBytes(files.map((file) => file.bytes)),
    data: files.map(({ path, bytes }) => [path, bytes.length]),
  }
}

function unpack({ bytes, data }: ReturnType<typeof pack>): GeneratedFile[] {
  let at = 0
  return data.map(([path, size]) => {
    at += size
    return { path, bytes: bytes.subarray(at - size, at) }
  })
}

/** A comment whose line ends in a backslash, or in the trigraph for one, goes on in the next line; a return ends it. */
function endComments(text: string): string {
  return text.replaceAll('\r', ' ').replace(/^(\s*\/\/.*(?:\\|\?\?\/))[^\S\n]*$/gm, '$1 .')
}
