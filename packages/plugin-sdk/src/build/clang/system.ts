import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errors } from '../../errors/index.js'
import { makeStaging, removeStaging } from '../staging.js'
import { type Clang, type ClangAnswer, driverFor, isCpp, parseDependencies } from './clang.js'

/**
 * The compiler of this machine: that of the WASI SDK in `WASI_SDK_PATH`, or the clang in PATH with the libraries in
 * `WASI_SYSROOT`, or with those of the system.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export function openSystemClang(dir: string): Clang {
  const { bin, args, version } = findToolchain()
  const objects = makeStaging('clang')
  const run = async (driver: string, given: readonly string[], cwd: string, output: string) => {
    const answer = await spawned(join(bin, driver), [...args, ...given, '-o', output], cwd)
    const path = resolve(cwd, output)
    const bytes = answer.exitCode === 0 && existsSync(path) ? readFileSync(path) : null
    const rule = existsSync(`${path}.d`) ? readFileSync(`${path}.d`, 'utf8') : ''
    return { ...answer, output: bytes, dependencies: parseDependencies(rule) }
  }
  return {
    version,
    compile: (source, given) => {
      const output = join(objects, 'unit.o')
      return run(driverFor(source), [...given, '-c', source, '-MD', '-MF', `${output}.d`], dir, output)
    },
    link: (inputs, given) => {
      for (const [name, bytes] of inputs) {
        mkdirSync(dirname(join(objects, name)), { recursive: true })
        writeFileSync(join(objects, name), bytes)
      }
      const driver = [...inputs.keys()].some((name) => isCpp(name.replace(/\.o$/, ''))) ? 'clang++' : 'clang'
      return run(driver, [...inputs.keys(), ...given], objects, 'core.wasm')
    },
    close: async () => removeStaging(objects),
  }
}

interface SystemToolchain {
  /** Folder of the compilers; empty for the ones in PATH. */
  readonly bin: string
  readonly args: readonly string[]
  readonly version: string
}

/** Older libraries have the older name of the target. */
const TARGETS = ['wasm32-wasip1', 'wasm32-wasi']

function findToolchain(): SystemToolchain {
  const { WASI_SDK_PATH: sdk, WASI_SYSROOT: sysroot } = process.env
  const bin = sdk === undefined ? '' : join(sdk, 'bin')
  const root = sysroot ?? (sdk === undefined ? undefined : join(sdk, 'share/wasi-sysroot'))
  const libraries = root === undefined || !existsSync(root) ? [] : [`--sysroot=${root}`]
  const clang = bin === '' ? 'clang' : join(bin, 'clang')
  const asked = spawnSync(clang, ['--version'], { encoding: 'utf8' })
  if (asked.error !== undefined || asked.status !== 0) {
    const reason = sdk === undefined ? 'clang is not in PATH' : `there is no clang in ${bin}`
    throw errors.TOOLCHAIN_MISSING({ tool: 'clang', reason, fix: FIX })
  }
  const target = TARGETS.find((name) => links(clang, [`--target=${name}`, ...libraries]))
  if (target === undefined) {
    const reason = 'this clang has no C library for it'
    throw errors.TOOLCHAIN_MISSING({ tool: TARGETS[0]!, reason, fix: FIX })
  }
  const args = [`--target=${target}`, ...libraries]
  return { bin, args, version: `${asked.stdout.trim()} ${args.join(' ')}` }
}

const FIX =
  'Set WASI_SDK_PATH to a WASI SDK (https://github.com/WebAssembly/wasi-sdk), or WASI_SYSROOT to the libraries of the clang in PATH; or build without `--toolchain system`, which needs neither.'

/** The only sure way to know is to try. */
function links(clang: string, args: readonly string[]): boolean {
  const dir = makeStaging('clang')
  try {
    writeFileSync(join(dir, 'try.c'), '#include <stdlib.h>\nvoid *answer(void) { return malloc(1); }\n')
    const command = [...args, '-mexec-model=reactor', 'try.c', '-o', 'try.wasm']
    return spawnSync(clang, command, { cwd: dir }).status === 0
  } finally {
    removeStaging(dir)
  }
}

function spawned(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Pick<ClangAnswer, 'exitCode' | 'said'>> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    const hear = (text: string) => {
      said += text
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', (error) => done({ exitCode: 1, said: `${said}error: ${error.message}\n` }))
    child.once('close', (code) => done({ exitCode: code ?? 1, said }))
  })
}
