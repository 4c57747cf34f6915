import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { ASSEMBLY_DIR } from '../assets.js'
import { domLibrary } from './dom-library.js'

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
      // `log.ts` comes before `log@stderr.ts`, which is another way to the same.
      const path = folder === 'std' ? `std/${name.replace(VARIANT, '')}` : `globals-${name}`
      if (
        !files.has(path) &&
        importsOf(text).every((target) => generated.has(posix.join(posix.dirname(path), `${target}.ts`)))
      ) {
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

/** What a wrapper (`std/fs`) stands on, as a phrase: `a and b or c`. Empty for a name that is no wrapper. */
export function needsOf(wrapper: string): string {
  const name = wrapper.slice('std/'.length)
  const ways = readdirSync(join(ASSEMBLY_DIR, 'std'))
    .sort()
    .filter((file) => file.replace(VARIANT, '') === `${name}.ts`)
  return ways.map((file) => interfacesBehind(join(ASSEMBLY_DIR, 'std', file)).join(' and ')).join(' or ')
}

/** What stands between the name of a wrapper and `.ts` when there are several ways to it. */
const VARIANT = /@\w+(?=\.ts$)/

function interfacesBehind(path: string): string[] {
  const modules = importsOf(readFileSync(path, 'utf8')).filter((target) => target.startsWith('../wasi-'))
  return modules.map((target) => target.slice('../'.length).replace('-', ':'))
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^import .* from "(.+)";$/gm)].map((match) => match[1]!)
}
