import type { JavaScriptEngine, Language } from '@wasm-plugin/sdk'
import { engineNames, languageNames } from '../languages/languages.js'

/** Where a tool comes from: the project's dependencies, or the machine. */
export type Origin = (typeof ORIGINS)[number]

export const ORIGINS = ['packaged', 'system'] as const

/** `build` of `wasm-plugin.json`, as it is read and as an editor completes it. Paths are relative to the project. */
export const buildSettings = {
  language: choice<Language>(languageNames, 'Found from the files of the project when it is left out.'),
  wit: { ...text('The contract: a .wit file, or the folder of a WIT package.'), default: 'wit' },
  world: text('The world to implement; needed where the contract has several.'),
  features: texts('Unstable features of the contract to take in.'),
  host: text('Contract of the application that the plugin is for, which every build compares with.'),
  entry: text('The source file that exports what the world asks for; not in Rust, C and C++.'),
  engine: choice<JavaScriptEngine>(
    engineNames,
    'JavaScript and TypeScript: the engine in the component.',
    'starling',
  ),
  sources: paths('C and C++: files, and folders that are searched for sources.', ['src']),
  include: paths('C and C++: folders of headers, besides src.', []),
  flags: texts('C and C++: arguments of the compiler and the linker.', []),
  toolchain: choice<Origin>(ORIGINS, 'C and C++: where the compiler comes from.', 'packaged'),
  bindings: choice<Origin>(ORIGINS, 'C and C++: where wit-bindgen comes from.', 'packaged'),
} as const satisfies Record<string, Setting>

export type Setting = Text | Texts | Choice<string>

/** `default` is what is done when the setting is left out, for people to read. */
interface Described<Value> {
  readonly description: string
  readonly default: Value | undefined
}

interface Text extends Described<string> {
  readonly kind: 'text'
}

/** What is compiled lies in the project (`inside`), so that it can be built anywhere. */
interface Texts extends Described<readonly string[]> {
  readonly kind: 'texts'
  readonly inside: boolean
}

interface Choice<Name extends string> extends Described<Name> {
  readonly kind: 'choice'
  readonly choices: readonly Name[]
}

/** What a setting is read as. */
export type SettingValue<S extends Setting> =
  S extends Choice<infer Name> ? Name : S extends Texts ? readonly string[] : string

function text(description: string): Text {
  return { kind: 'text', description, default: undefined }
}

function texts(description: string, normal?: readonly string[]): Texts {
  return { kind: 'texts', inside: false, description, default: normal }
}

function paths(description: string, normal?: readonly string[]): Texts {
  return { kind: 'texts', inside: true, description, default: normal }
}

function choice<Name extends string>(
  choices: readonly Name[],
  description: string,
  normal?: Name,
): Choice<Name> {
  return { kind: 'choice', choices, description, default: normal }
}
