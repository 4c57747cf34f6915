import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GUEST_DIR } from '../../assets.js'
import type { JavaScriptEngine } from '../settings.js'

/** A global of the language or the web that needs something of the outside, or that an engine lacks. */
export interface Global {
  readonly name: string
  /** File that is bundled when the program names it. */
  readonly file: string
}

/** What StarlingMonkey can leave out, by the globals that need it. Its streams stay: errors are reported there. */
export const starlingFeatures = {
  clocks: ['Date', 'performance', 'setTimeout', 'setInterval'],
  random: ['Math.random', 'crypto'],
  http: ['fetch', 'Request', 'Response'],
} as const

/** What QuickJS lacks and the SDK brings, with the interfaces that it needs. */
const BROUGHT = new Map<string, { file: string; imports: readonly string[] }>([
  ['console', { file: 'console.js', imports: ['wasi:cli/stdout@0.2.12', 'wasi:cli/stderr@0.2.12'] }],
  ['Math.random', { file: 'math-random.js', imports: ['wasi:random/random@0.2.12'] }],
  ['crypto', { file: 'crypto.js', imports: ['wasi:random/random@0.2.12'] }],
  ['TextEncoder', { file: 'text-encoder.js', imports: [] }],
  ['TextDecoder', { file: 'text-decoder.js', imports: [] }],
])

/** What QuickJS has itself, as long as it has WASI. */
const NEEDS_WASI = ['Date', 'performance'] as const

/** What QuickJS lacks for good. */
const LACKING = [
  ...['setTimeout', 'setInterval', 'fetch', 'URL', 'URLSearchParams', 'structuredClone', 'Intl'],
  ...['AbortController', 'Blob', 'ReadableStream', 'Headers', 'Request', 'Response', 'Event', 'EventTarget'],
] as const

export const isLacking = (name: string) => LACKING.some((lacking) => lacking === name)

/** Whether a program that names these globals runs on a QuickJS without WASI. */
export const runsWithoutWasi = (globals: ReadonlySet<string>) =>
  interfacesOf(globals).length === 0 && !NEEDS_WASI.some((name) => globals.has(name))

/** Interfaces of WASI that the given globals are made of, on QuickJS. */
export function interfacesOf(globals: ReadonlySet<string>): string[] {
  return [...new Set([...globals].flatMap((name) => BROUGHT.get(name)?.imports ?? []))]
}

/**
 * A file per global that the bundler puts in when the program names the global, and only then: which of them are in
 * the bundle is what the program uses. Written to `dir`.
 */
export function writeGlobals(dir: string, engine: JavaScriptEngine): Global[] {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{ "sideEffects": false }')
  const brought = engine === 'qjs' ? BROUGHT : new Map<string, { file: string }>()
  const marked = engine === 'qjs' ? [...LACKING, ...NEEDS_WASI] : Object.values(starlingFeatures).flat()
  return [
    ...[...brought].map(([name, { file }]) => ({ name, file: join(GUEST_DIR, 'qjs', file) })),
    ...marked.map((name) => ({ name, file: marker(dir, name) })),
  ]
}

/** The global itself under its own name. */
function marker(dir: string, name: string): string {
  const file = join(dir, `${name}.js`)
  const local = `the_${name.replace('.', '_')}`
  writeFileSync(
    file,
    `const ${local} = /* @__PURE__ */ (() => globalThis.${name})()\nexport { ${local} as '${name}' }\n`,
  )
  return file
}
