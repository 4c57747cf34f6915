import path from 'node:path'
import { checkManifest, type Manifest, parseManifest } from '@wasm-plugin/manifest'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import type { JavaScriptEngine, Language } from '@wasm-plugin/sdk'
import { usageErrors } from '../errors/index.js'
import { engineNames, isEngineName, isLanguageName, languageNames } from '../languages/languages.js'
import { listed } from '../output/listed.js'
import { readNamedText } from './files.js'

/** A plugin project, as its manifest describes it. */
export interface Project {
  readonly dir: string
  /** What is embedded in the component: the manifest without the part that only builds need. */
  readonly manifest: Manifest
  readonly build: BuildTable
}

/** `build` of `wasm-plugin.json`. Paths are relative to the project. */
export interface BuildTable {
  /** Found from the project's files when it is left out. */
  readonly language: Language | undefined
  readonly wit: string
  readonly world: string | undefined
  /** Unstable features of the contract to take in. */
  readonly features: readonly string[] | undefined
  /** Contract of the application that the plugin is for, if it is to be compared. */
  readonly host: string | undefined
  readonly entry: string | undefined
  /** JavaScript and TypeScript: the engine in the component. */
  readonly engine: JavaScriptEngine | undefined
  /** C and C++, as the next four: what is compiled, and where its headers are. */
  readonly sources: readonly string[] | undefined
  readonly include: readonly string[] | undefined
  readonly flags: readonly string[] | undefined
  readonly toolchain: Origin | undefined
  readonly bindings: Origin | undefined
}

/** Where a tool comes from: the project's dependencies, or the machine. */
export type Origin = (typeof ORIGINS)[number]

export const ORIGINS = ['packaged', 'system'] as const

/**
 * Reads `wasm-plugin.json` of a project.
 *
 * @throws {NO_PROJECT | MANIFEST_NOT_JSON | MANIFEST_INVALID | INVALID_BUILD_SETTING}
 */
export async function readProject(dir: string): Promise<Project> {
  const text = await manifestText(dir)
  const json = parseObject(text)
  // What is no JSON object is for the manifest's own parser to name.
  if (json === undefined) return { dir, manifest: parseManifest(text), build: parseBuild({}) }
  // Both are for whoever works on the project, and no part of what the plugin says of itself.
  const { build = {}, $schema: _, ...manifest } = json
  return { dir, manifest: checkManifest(manifest), build: parseBuild(build) }
}

async function manifestText(dir: string): Promise<string> {
  try {
    return await readNamedText(path.join(dir, MANIFEST_FILE), MANIFEST_FILE)
  } catch (error) {
    throw usageErrors.NO_PROJECT({ dir }, error)
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

const KEYS = [
  ...(['language', 'wit', 'world', 'features', 'host', 'entry', 'engine'] as const),
  ...(['sources', 'include', 'flags', 'toolchain', 'bindings'] as const),
] as const

function parseBuild(build: unknown): BuildTable {
  if (!isObject(build)) throw invalid('build', build, 'an object')
  const unknown = Object.keys(build).find((key) => !KEYS.some((known) => known === key))
  if (unknown !== undefined)
    throw invalid(`build.${unknown}`, build[unknown], `no such setting; there are ${KEYS.join(', ')}`)
  const language = text(build, 'language')
  if (language !== undefined && !isLanguageName(language)) {
    throw invalid('build.language', language, listed(languageNames))
  }
  const engine = text(build, 'engine')
  if (engine !== undefined && !isEngineName(engine))
    throw invalid('build.engine', engine, listed(engineNames))
  return {
    language,
    wit: text(build, 'wit') ?? 'wit',
    world: text(build, 'world'),
    features: texts(build, 'features'),
    host: text(build, 'host'),
    entry: text(build, 'entry'),
    engine,
    sources: paths(build, 'sources'),
    include: paths(build, 'include'),
    flags: texts(build, 'flags'),
    toolchain: origin(build, 'toolchain'),
    bindings: origin(build, 'bindings'),
  }
}

function text(build: Record<string, unknown>, key: (typeof KEYS)[number]): string | undefined {
  const value = Object.hasOwn(build, key) ? build[key] : undefined
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw invalid(`build.${key}`, value, 'a text')
}

function texts(build: Record<string, unknown>, key: (typeof KEYS)[number]): readonly string[] | undefined {
  const value = Object.hasOwn(build, key) ? build[key] : undefined
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value
  throw invalid(`build.${key}`, value, 'a list of texts')
}

/** What is compiled lies in the project, so that it can be built anywhere. */
function paths(build: Record<string, unknown>, key: (typeof KEYS)[number]): readonly string[] | undefined {
  const list = texts(build, key)
  const outside = list?.find((item) => path.isAbsolute(item) || path.normalize(item).startsWith('..'))
  if (outside !== undefined) throw invalid(`build.${key}`, outside, 'a path inside of the project')
  return list
}

function origin(build: Record<string, unknown>, key: (typeof KEYS)[number]): Origin | undefined {
  const value = text(build, key)
  const known = ORIGINS.find((name) => name === value)
  if (value !== undefined && known === undefined) throw invalid(`build.${key}`, value, listed(ORIGINS))
  return known
}

function invalid(setting: string, value: unknown, expected: string) {
  return usageErrors.INVALID_BUILD_SETTING({ setting, value: JSON.stringify(value) ?? 'undefined', expected })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
