import type { JavaScriptEngine, Language } from '@wasm-plugin/sdk'
import { version } from '../version.js'
import {
  assemblyscriptVersion,
  clangVersion,
  componentizeQjsVersion,
  esbuildVersion,
  typescriptVersion,
} from './versions.js'

/** What differs between the languages of a new project; the rest is in `templates/<language>`. */
export interface LanguageTemplate {
  /** As a person writes it. */
  readonly title: string
  /** The file that a plugin's author writes. */
  readonly entry: string
  /** The compiler, where npm has it. */
  readonly devDependencies: Readonly<Record<string, string>>
  /** Whether its tools need files, in `templates/<language>`. @default true */
  readonly hasOwnFiles?: boolean
  /** The project chooses the engine of its component. */
  readonly hasEngines?: boolean
}

/** The package that makes components with each engine of JavaScript. */
export const engines = {
  starling: {
    get '@wasm-plugin/starling'() {
      return version()
    },
  },
  qjs: { 'componentize-qjs': componentizeQjsVersion },
} as const satisfies Record<JavaScriptEngine, Readonly<Record<string, string>>>

export const engineNames = Object.keys(engines) as readonly JavaScriptEngine[] // Literally its keys.

export function isEngineName(name: string | undefined): name is JavaScriptEngine {
  return name !== undefined && Object.hasOwn(engines, name)
}

export const languages = {
  rust: { title: 'Rust', entry: 'src/lib.rs', devDependencies: {} },
  assemblyscript: {
    title: 'AssemblyScript',
    entry: 'assembly/index.ts',
    devDependencies: { assemblyscript: assemblyscriptVersion },
  },
  ts: {
    title: 'TypeScript',
    entry: 'src/index.ts',
    devDependencies: { esbuild: esbuildVersion, typescript: typescriptVersion },
    hasEngines: true,
  },
  js: {
    title: 'JavaScript',
    entry: 'src/index.js',
    devDependencies: { esbuild: esbuildVersion },
    hasEngines: true,
  },
  c: { title: 'C', entry: 'src/plugin.c', devDependencies: { '@yowasp/clang': clangVersion } },
  cpp: { title: 'C++', entry: 'src/plugin.cpp', devDependencies: { '@yowasp/clang': clangVersion } },
  wat: { title: 'WebAssembly text', entry: 'src/plugin.wat', devDependencies: {}, hasOwnFiles: false },
} as const satisfies Record<Language, LanguageTemplate>

export type LanguageName = Language

export const languageNames = Object.keys(languages) as readonly LanguageName[] // Literally its keys.

export function isLanguageName(name: string | undefined): name is LanguageName {
  return name !== undefined && Object.hasOwn(languages, name)
}
