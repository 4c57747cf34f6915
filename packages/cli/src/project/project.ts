import path from 'node:path'
import { checkManifest, type Manifest, parseManifest } from '@wasm-plugin/manifest'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import { usageErrors } from '../errors/index.js'
import { listed } from '../output/listed.js'
import { readNamedText } from './files.js'
import { buildSettings, type Setting, type SettingValue } from './settings.js'

/** A plugin project, as its manifest describes it. */
export interface Project {
  readonly dir: string
  /** What is embedded in the component: the manifest without the part that only builds need. */
  readonly manifest: Manifest
  readonly build: BuildTable
}

/** `build` of `wasm-plugin.json`. */
export type BuildTable = {
  readonly [Name in SettingName]: SettingValue<(typeof buildSettings)[Name]> | undefined
} & { readonly wit: string }

type SettingName = keyof typeof buildSettings

/**
 * Reads `wasm-plugin.json` of a project.
 *
 * @throws {NO_PROJECT | MANIFEST_NOT_JSON | MANIFEST_INVALID | INVALID_BUILD_SETTING}
 */
export async function readProject(dir: string): Promise<Project> {
  const text = await manifestText(dir)
  const json = parseObject(text)
  // What is no JSON object is for the manifest's own parser to name.
  if (json === undefined) return { dir, manifest: parseManifest(text, MANIFEST_FILE), build: parseBuild({}) }
  // Both are for whoever works on the project, and no part of what the plugin says of itself.
  const { build = {}, $schema: _, ...manifest } = json
  return { dir, manifest: checkManifest(manifest, MANIFEST_FILE), build: parseBuild(build) }
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

function parseBuild(build: unknown): BuildTable {
  if (!isObject(build)) throw invalid('build', build, 'an object')
  const unknown = Object.keys(build).find((key) => !Object.hasOwn(buildSettings, key))
  if (unknown !== undefined) {
    const known = Object.keys(buildSettings).join(', ')
    throw invalid(`build.${unknown}`, build[unknown], `no such setting; there are ${known}`)
  }
  const read = Object.entries(buildSettings).map(([name, setting]) => {
    const value = Object.hasOwn(build, name) ? build[name] : undefined
    if (value !== undefined) check(`build.${name}`, value, setting)
    return [name, value]
  })
  const table: BuildTable = Object.fromEntries(read) // Each is as its row says.
  return { ...table, wit: table.wit ?? buildSettings.wit.default }
}

function check(name: string, value: unknown, setting: Setting): void {
  if (setting.kind === 'texts') checkTexts(name, value, setting.inside)
  else if (!isText(value)) throw invalid(name, value, 'a text')
  else if (setting.kind === 'choice' && !setting.choices.some((choice) => choice === value))
    throw invalid(name, value, listed(setting.choices))
}

function checkTexts(name: string, value: unknown, inside: boolean): void {
  if (!Array.isArray(value) || !value.every(isText)) throw invalid(name, value, 'a list of texts')
  const outside = value.find((item) => path.isAbsolute(item) || path.normalize(item).startsWith('..'))
  if (inside && outside !== undefined) throw invalid(name, outside, 'a path inside of the project')
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function invalid(setting: string, value: unknown, expected: string) {
  return usageErrors.INVALID_BUILD_SETTING({ setting, value: JSON.stringify(value) ?? 'undefined', expected })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
