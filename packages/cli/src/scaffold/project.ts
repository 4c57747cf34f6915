import type { JavaScriptEngine } from '@wasm-plugin/sdk'
import { engines, type LanguageName, type LanguageTemplate, languages } from '../languages/languages.js'
import { witBindgenVersion } from '../languages/versions.js'
import { type Contract, givenContract, greeterContract } from './contract.js'
import { readTemplate } from './template.js'
import { vscodeFiles } from './vscode.js'

export interface ProjectRequest {
  readonly name: string
  readonly language: LanguageName
  /** Path of the application's contract; without one the project gets a small contract of its own. */
  readonly wit: string | undefined
  readonly world: string | undefined
  /** Unstable features of the contract to take in. */
  readonly features: readonly string[]
  /** For a language that has engines. */
  readonly engine: JavaScriptEngine
  /** Version of the framework that the project is for. */
  readonly version: string
}

export interface ProjectPlan {
  readonly worldId: string
  readonly entry: string
  /** Features of the contract that are left out. */
  readonly leftOut: readonly string[]
  /** Everything in the new folder. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Everything that goes in a new project, before any of it is written.
 *
 * @throws {WIT_MISSING | WIT_SYNTAX | WORLD_UNKNOWN | TYPE_UNSUPPORTED}
 */
export async function planProject(request: ProjectRequest): Promise<ProjectPlan> {
  const template: LanguageTemplate = languages[request.language]
  const base = new Map([
    ['name', request.name],
    ['language', request.language],
    ['languageName', template.title],
    ['entry', template.entry],
    ['witBindgen', witBindgenVersion],
    ['devDependencies', devDependencies(template, request)],
    ['engineSetting', template.hasEngines === true ? `,\n    "engine": "${request.engine}"` : ''],
  ])
  const contract = await contractOf(request, base)
  const values = new Map([
    ...base,
    ['worldId', contract.worldId],
    ['world', contract.world],
    ['run', runLine(request.name, contract.call)],
    ['featuresSetting', featuresSetting(request.features)],
  ])
  const files = new Map([
    ...(await readTemplate('common', values)),
    ...(template.hasOwnFiles === false ? [] : await readTemplate(request.language, values)),
    ...contract.files,
    ...vscodeFiles(request.name, contract.call),
  ])
  return { worldId: contract.worldId, entry: template.entry, leftOut: contract.leftOut, files }
}

function contractOf(request: ProjectRequest, values: ReadonlyMap<string, string>): Promise<Contract> {
  const { language, wit, world, features } = request
  if (wit === undefined) return greeterContract(language, values)
  return givenContract({ language, entry: languages[language].entry, wit, world, features }, values)
}

/** Lines of the README, with a command to copy. */
function runLine(name: string, call: readonly string[] | undefined): string {
  if (call === undefined) return ''
  const words = call.map((word) => (word.startsWith('<') ? `'${word}'` : word)).join(' ')
  return [
    `- \`npx wasm-plugin run dist/${name}.wasm ${words}\` calls it from the command line.\n`,
    `- F5 in VS Code (\`.vscode/launch.json\`) builds it with debug information, and stops before that call.\n`,
  ].join('')
}

function featuresSetting(features: readonly string[]): string {
  if (features.length === 0) return ''
  return `,\n    "features": [${features.map((name) => JSON.stringify(name)).join(', ')}]`
}

/** The lines between the braces, sorted as npm sorts them. */
function devDependencies(template: LanguageTemplate, { version, engine }: ProjectRequest): string {
  const own = ['cli', 'host', 'sdk'].map((name) => [`@wasm-plugin/${name}`, version])
  const all = {
    ...Object.fromEntries(own),
    ...template.devDependencies,
    ...(template.hasEngines === true ? engines[engine] : {}),
  }
  const rows = Object.entries(all).map(
    ([name, range]) => `    ${JSON.stringify(name)}: ${JSON.stringify(range)}`,
  )
  return rows.sort().join(',\n')
}
