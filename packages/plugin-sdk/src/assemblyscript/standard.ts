import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { ASSEMBLY_DIR } from '../assets.js'

/** What a program may use beside its bindings, in as far as the world imports what it stands on. */
export interface StandardSupport {
  /** Files to add to the generated ones. */
  readonly files: ReadonlyMap<string, string>
  /** Generated files that the entry file must load, because they define globals. */
  readonly loads: readonly string[]
  /** Compiler arguments that point the language's globals to them. */
  readonly compilerArgs: readonly string[]
  /** Replaces the library file that declares what a browser offers (`bindings/dom`). */
  readonly domLibrary: string
}

/**
 * Wrappers (`std/fs.ts`, `std/http.ts`, …) and globals (`console`, `Date`, `Math.random`, `performance`, the message of
 * `abort`) over generated bindings. Each is there only if every interface that it uses is imported.
 */
export function standardSupport(generated: ReadonlySet<string>): StandardSupport {
  const files = new Map<string, string>()
  for (const folder of ['std', 'globals'] as const) {
    for (const name of readdirSync(join(ASSEMBLY_DIR, folder)).sort()) {
      const text = readFileSync(join(ASSEMBLY_DIR, folder, name), 'utf8')
      const path = folder === 'std' ? `std/${name}` : `globals-${name}`
      if (importsOf(text).every((target) => generated.has(posix.join(posix.dirname(path), `${target}.ts`)))) {
        files.set(path, text)
      }
    }
  }
  const has = (name: string) => files.has(`globals-${name}.ts`)
  return {
    files,
    loads: [...files.keys()].filter((path) => path.startsWith('globals-')).map((path) => path.slice(0, -3)),
    compilerArgs: [
      ...['--use', has('stderr') ? 'abort=cm_abort' : 'abort='],
      ...(has('random') ? ['--use', 'seed=cm_seed'] : []),
    ],
    domLibrary: domLibrary(has),
  }
}

/** Interfaces that a wrapper (`std/fs`) stands on; none for a name that is no wrapper. */
export function interfacesBehind(wrapper: string): string[] {
  const path = join(ASSEMBLY_DIR, `${wrapper}.ts`)
  if (!existsSync(path)) return []
  const modules = importsOf(readFileSync(path, 'utf8')).filter((target) => target.startsWith('../wasi-'))
  return modules.map((target) => target.slice('../'.length).replace('-', ':'))
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^import .* from "(.+)";$/gm)].map((match) => match[1]!)
}

/** What is not backed by an import of the world stays an import of `env`, which the build explains when it is used. */
function domLibrary(has: (name: string) => boolean): string {
  const external = (name: string, signature: string) =>
    `@external("env", "${name}") declare function ${signature};`
  const line = (level: string) =>
    has('stderr')
      ? `  export function ${level}(message: string): void { cm_stderr(message); }`
      : `  ${external(`console.${level}`, `${level}(message: string): void`).replace('declare', 'export')}`
  const one = (global: string, back: string | null, signature: string, call: string) => [
    `export ${back === null ? 'declare ' : ''}namespace ${global.split('.')[0]} {`,
    back === null
      ? `  ${external(global, signature).replace('declare', 'export')}`
      : `  export function ${signature} { ${call}; }`,
    '}',
  ]
  const timers = ['time', 'timeLog', 'timeEnd'].map(
    (name) =>
      `  ${has('stderr') ? `export function ${name}(label: string): void {}` : external(`console.${name}`, `${name}(label: string): void`).replace('declare', 'export')}`,
  )
  const assertion = has('stderr')
    ? '  export function assert(condition: bool, message: string): void { if (!condition) cm_stderr("assertion failed: " + message); }'
    : `  ${external('console.assert', 'assert(condition: bool, message: string): void').replace('declare', 'export')}`
  return [
    'export declare namespace Math {}',
    `export ${has('stderr') ? '' : 'declare '}namespace console {`,
    ...['log', 'debug', 'info', 'warn', 'error'].map(line),
    ...timers,
    assertion,
    '}',
    ...one('Date.now', has('wall-clock') ? '' : null, 'now(): f64', 'return cm_dateNow()'),
    ...one('performance.now', has('monotonic-clock') ? '' : null, 'now(): f64', 'return cm_performanceNow()'),
    ...one(
      'crypto.getRandomValues',
      has('random') ? '' : null,
      'getRandomValues(array: Uint8Array): void',
      'cm_randomFill(array)',
    ),
    '',
  ].join('\n')
}
