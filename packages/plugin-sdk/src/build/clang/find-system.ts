import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { errors } from '../../errors/index.js'
import { makeStaging, removeStaging } from '../staging.js'
import { CPP_FLAGS } from './flags.js'

/** A compiler of this machine that makes WebAssembly. */
export interface SystemClang {
  /** Paths of the two drivers. */
  readonly drivers: { readonly clang: string; readonly 'clang++': string }
  readonly args: readonly string[]
  /** `22.1.8` */
  readonly version: string
  /** `wasm32-wasip1`, or `wasm32-wasi` where the libraries are under the older name. */
  readonly target: string
  /** Names the compiler and its libraries exactly: others make other components of the same source. */
  readonly fingerprint: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The clang of the WASI SDK in `WASI_SDK_PATH`; without one the first in PATH that links a program in the language:
 * `clang`, then `clang-22` and older. Its libraries are those of the SDK, or in `WASI_SYSROOT`, or where Debian has them.
 *
 * @throws {TOOLCHAIN_MISSING} with what each of them lacks
 */
export function findSystemClang(language: 'c' | 'cpp', env: Environment = process.env): SystemClang {
  const { WASI_SDK_PATH: sdk = '', WASI_SYSROOT: sysroot = '' } = env
  const root = sysroot !== '' ? sysroot : sdk === '' ? '' : join(sdk, 'share/wasi-sysroot')
  const args = root !== '' && existsSync(root) ? [`--sysroot=${root}`] : []
  const compilers = sdk === '' ? compilersInPath(env) : compilersIn(join(sdk, 'bin')).slice(0, 1)
  const refused: Refusal[] = []
  for (const path of compilers) {
    const version = versionOf(path, env)
    const found = tryTargets(path, { language, version, args, env })
    if ('fingerprint' in found) return found
    refused.push(found)
  }
  throw errors.TOOLCHAIN_MISSING({
    tool: `clang for ${TITLES[language]}`,
    reason: refused.map(({ reason }) => reason).join('; ') || nothingIn(sdk),
    fix: sdk === '' ? fixFor(language, refused) : `${OTHER_SDK}; ${WITHOUT}`,
  })
}

const TITLES = { c: 'C', cpp: 'C++' } as const

/** Older libraries have the older name of the target. */
const TARGETS = ['wasm32-wasip1', 'wasm32-wasi'] as const

/** The first whose C++ library has `std::expected`, under the name of the standard that we give. */
const OLDEST_FOR_CPP = 17
/** In Debian 12 and 13, and Ubuntu 24.04. */
const PACKAGED_BY_DEBIAN = 19

/** One path for each: `clang` is often a link to one of the others, and a folder one to another. */
function compilersInPath({ PATH = '' }: Environment): string[] {
  const found = new Map<string, string>()
  const paths = PATH.split(delimiter)
    .filter((name) => name !== '')
    .flatMap(compilersIn)
  for (const path of paths.sort((a, b) => rank(b) - rank(a))) {
    const real = realpathSync(path)
    if (!found.has(real)) found.set(real, path)
  }
  return [...found.values()]
}

function compilersIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^clang(-\d+)?(\.exe)?$/.test(name))
    const paths = names.map((name) => join(folder, name)).filter((path) => existsSync(path))
    return paths.sort((a, b) => rank(b) - rank(a))
  } catch {
    return []
  }
}

/** The plain name is what the person chose; of the others, the newest. */
function rank(path: string): number {
  return Number(/clang-(\d+)(?:\.exe)?$/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY)
}

/** `22.1.8`; null for what does not run. */
function versionOf(path: string, env: Environment): string | null {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', env })
  return status === 0 ? (/version (\S+)/.exec(stdout)?.[1] ?? stdout.trim()) : null
}

interface Refusal {
  readonly reason: string
  readonly version: string | null
}

interface Attempt {
  readonly language: 'c' | 'cpp'
  readonly version: string | null
  readonly args: readonly string[]
  readonly env: Environment
}

function tryTargets(path: string, { language, version, args, env }: Attempt): SystemClang | Refusal {
  if (version === null) return { version, reason: `${path} does not run` }
  const drivers = { clang: path, 'clang++': path.replace(/clang(-\d+)?(\.exe)?$/, 'clang++$1$2') }
  const answers = TARGETS.map((target) => ({ target, all: [`--target=${target}`, ...args] }))
  let reason = ''
  for (const { target, all } of answers) {
    const linked = link(drivers[language === 'cpp' ? 'clang++' : 'clang'], { language, args: all, env })
    // Without a folder of libraries to look in, the last name is the one that they would be under.
    if ('reason' in linked) reason = reason === '' || args.length === 0 ? linked.reason : reason
    else {
      const fingerprint = [version, path, ...all, ...linked.libraries].join(' ')
      return { drivers, version, target, args: all, fingerprint }
    }
  }
  return { version, reason: `${path} (${version}) makes no ${TITLES[language]} for WebAssembly: ${reason}` }
}

const PROBES = {
  c: '#include <stdlib.h>\nvoid *answer(void) { return malloc(1); }\n',
  cpp: '#include <version>\n#ifndef __cpp_lib_expected\n#error too old\n#endif\nint *answer() { return new int; }\n',
} as const

/** The only sure way to know is to try. Gives the libraries that went in, each with its size and time. */
function link(
  driver: string,
  { language, args, env }: Pick<Attempt, 'language' | 'args' | 'env'>,
): { libraries: string[] } | { reason: string } {
  const dir = makeStaging('clang')
  try {
    const source = `try.${language}`
    writeFileSync(join(dir, source), PROBES[language])
    const command = [...args, ...(language === 'cpp' ? CPP_FLAGS : []), '-mexec-model=reactor', '-Wl,--trace']
    const given = [...command, source, '-o', 'try.wasm']
    const { status, stdout, stderr, error } = spawnSync(driver, given, { cwd: dir, encoding: 'utf8', env })
    if (status !== 0) return { reason: error === undefined ? lackIn(stderr) : `${driver} does not run` }
    return { libraries: librariesIn(stdout, dir) }
  } finally {
    removeStaging(dir)
  }
}

/** `/usr/lib/wasm32-wasi/libc.a(dlmalloc.o)` of the linker's trace → the archive. */
function librariesIn(trace: string, dir: string): string[] {
  const paths = trace.split('\n').map((line) => resolve(dir, line.replace(/\(.*\)$/, '')))
  return [...new Set(paths)]
    .filter((path) => path.endsWith('.a'))
    .sort()
    .map((path) => {
      const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
      return `${path}:${size}:${mtimeMs}`
    })
}

function lackIn(said: string): string {
  for (const [pattern, lack] of LACKS) if (pattern.test(said)) return lack
  return /error: (.*)$/m.exec(said)?.[1] ?? 'its test program does not link'
}

const LACKS = [
  [
    /unable to execute command|invalid linker name|unable to find .*wasm-ld/,
    'it has no linker (wasm-ld of lld)',
  ],
  [/No available targets|unable to create target/, 'it is built without that target'],
  [
    /invalid value 'c\+\+23'|error: too old/,
    `it is too old, ${OLDEST_FOR_CPP} is the first with std::expected`,
  ],
  [/libclang_rt\.builtins/, 'it has no runtime library (libclang_rt.builtins)'],
  [/'version' file not found|-lc\+\+/, 'it has no C++ library (libc++, libc++abi)'],
  [/file not found|crt1-reactor\.o|library -lc\b/, 'it has no C library (wasi-libc)'],
] as const

function nothingIn(sdk: string): string {
  return sdk === '' ? 'clang is not in PATH' : `there is no clang in ${join(sdk, 'bin')}`
}

const SDK = 'WASI_SDK_PATH to a WASI SDK (https://github.com/WebAssembly/wasi-sdk)'
const OTHER_SDK = `Set ${SDK}, or unset it for the clang in PATH`
const WITHOUT = 'or build without `--toolchain system`, which needs nothing of the machine.'

function fixFor(language: 'c' | 'cpp', refused: readonly Refusal[]): string {
  if (existsSync('/etc/debian_version'))
    return `Run \`${debianCommand(language, refused)}\`; or set ${SDK}; ${WITHOUT}`
  return `Set ${SDK}, or WASI_SYSROOT to the libraries of the clang in PATH; ${WITHOUT}`
}

/** The compiler's own version of each package: libraries of another do not fit. */
function debianCommand(language: 'c' | 'cpp', refused: readonly Refusal[]): string {
  const versions = refused.map(({ version }) => Number.parseInt(version ?? '', 10))
  const oldest = language === 'cpp' ? OLDEST_FOR_CPP : 0
  const n = versions.find((version) => version >= oldest) ?? PACKAGED_BY_DEBIAN
  const cpp = language === 'cpp' ? [`libc++-${n}-dev-wasm32`, `libc++abi-${n}-dev-wasm32`] : []
  const packages = [`clang-${n}`, `lld-${n}`, 'wasi-libc', `libclang-rt-${n}-dev-wasm32`, ...cpp]
  return `sudo apt-get install ${packages.join(' ')}`
}
