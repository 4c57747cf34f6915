import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CLANG_PROCESS } from '../../assets.js'
import { errors } from '../../errors/index.js'
import { installHint, type ProjectTrust, toolOf } from '../project-code.js'
import { type Clang, type ClangAnswer, driverFor, linkDriverFor, parseDependencies } from './clang.js'
import { filesBelow } from './sources.js'

const PACKAGE = '@yowasp/clang'

/**
 * The compiler that npm has: clang, lld and the libraries as WebAssembly, a development dependency of the project.
 * It sees a copy of the project's source folders.
 *
 * @throws {TOOLCHAIN_MISSING} {PROJECT_CODE_REFUSED}
 */
export function openPackagedClang(project: ProjectTrust, folders: readonly string[]): Clang {
  const { dir } = project
  const compiler = toolOf(project, PACKAGE)
  if (compiler === null) {
    throw errors.TOOLCHAIN_MISSING({
      tool: PACKAGE,
      reason: `it is not a dependency of ${dir}, or not installed`,
      fix: `${installHint(project, PACKAGE).replace(/\.$/, '')}, or build with \`--toolchain system\`.`,
    })
  }
  const module = pathToFileURL(join(compiler.root, 'gen/bundle.js')).href
  let running: CompilerProcess | undefined
  let sources: Tree | undefined
  const run = async (driver: string, args: readonly string[], files: Tree, output: string) => {
    running ??= new CompilerProcess(module)
    return answerOf(
      (await running.ask({ argv: [driver, ...args, '-o', output], files, output })) as RawAnswer,
    )
  }
  return {
    version: `${PACKAGE} ${compiler.version}`,
    compile: (source, args) => {
      const output = 'unit.o'
      sources ??= treeOf(withOverlay(readBelow(dir, folders)))
      const asked = ['-ivfsoverlay', OVERLAY, '-c', source, '-MD', '-MF', `${output}.d`]
      return run(driverFor(source), [...args, ...asked], sources, output)
    },
    link: (objects, args) => {
      const driver = linkDriverFor(objects.keys())
      return run(driver, [...objects.keys(), ...args], treeOf(objects), 'core.wasm')
    },
    close: async () => running?.close(),
  }
}

interface RawAnswer {
  readonly exitCode: number
  readonly output: Uint8Array | null
  readonly dependencies: Uint8Array | null
  readonly said: string
}

function answerOf({ exitCode, output, dependencies, said }: RawAnswer): ClangAnswer {
  const rule = dependencies === null ? '' : new TextDecoder().decode(dependencies)
  return { exitCode, output, said, dependencies: parseDependencies(rule) }
}

/**
 * A compilation runs most of the compiler's code a few times: the optimising tier would take twice the processor time
 * that it saves, for ten files as for one.
 */
const ENGINE_FLAGS = ['--liftoff-only']

/** One message goes in, one comes out, after one that says that it is ready. */
class CompilerProcess {
  readonly #child: ChildProcess
  readonly #stop = () => this.#child.kill()
  #ready: Promise<unknown>

  constructor(module: string) {
    this.#child = fork(CLANG_PROCESS, [module], {
      execArgv: ENGINE_FLAGS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    process.once('exit', this.#stop)
    this.#ready = this.#next()
    this.#ready.catch(() => undefined) // Whoever asks hears of it.
  }

  async ask(message: object): Promise<unknown> {
    await this.#ready
    this.#child.send(message)
    return await this.#next()
  }

  close(): void {
    process.removeListener('exit', this.#stop)
    this.#stop()
  }

  #next(): Promise<unknown> {
    return new Promise((done, fail) => {
      const settle = (settled: () => void) => {
        this.#child.off('message', heard).off('error', failed).off('exit', ended)
        settled()
      }
      const heard = (message: unknown) => settle(() => done(message))
      const failed = (error: Error) => settle(() => fail(error))
      const ended = (code: number | null, signal: string | null) =>
        failed(new Error(`the compiler ended with ${signal ?? `exit code ${code}`}`))
      this.#child.on('message', heard).on('error', failed).on('exit', ended)
    })
  }
}

function readBelow(dir: string, folders: readonly string[]): [string, Uint8Array][] {
  return [...filesBelow(dir, folders)].map((path) => [path, readFileSync(join(dir, path))])
}

const OVERLAY = '.overlay.json'

/**
 * The compiler's file system takes `src/../vendor` for `src/vendor`. Its overlay of virtual files resolves `..` before
 * it looks, so every file is one of those too.
 */
function withOverlay(files: [string, Uint8Array][]): [string, Uint8Array][] {
  const roots = files.map(([path]) => ({ name: `/${path}`, type: 'file', 'external-contents': `/${path}` }))
  const overlay = { version: 0, 'case-sensitive': true, 'use-external-names': false, roots }
  return [...files, [OVERLAY, new TextEncoder().encode(JSON.stringify(overlay))]]
}

interface Tree {
  [name: string]: Tree | Uint8Array
}

/** The shape that the compiler takes its files in: a folder is an object of what is in it. */
function treeOf(files: Iterable<readonly [string, Uint8Array]>): Tree {
  const root: Tree = Object.create(null)
  for (const [path, bytes] of files) {
    const names = path.split('/')
    const file = names.pop()!
    let folder = root
    for (const name of names) {
      folder[name] ??= Object.create(null) as Tree
      folder = folder[name] as Tree
    }
    folder[file] = bytes
  }
  return root
}
