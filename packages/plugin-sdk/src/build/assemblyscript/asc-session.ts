import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { ASC_PROCESS } from '../../assets.js'
import { errors } from '../../errors/index.js'
import type { AscReply, AscRequest } from './asc-messages.js'

/**
 * Compiles in a process of its own, which stays for the next build: a crash of the compiler is an error of this build,
 * and a warm compiler is several times as fast. The process ends with this one, and after a while without work.
 *
 * @throws {COMPILER_CRASHED}
 */
export function compileInProcess(compilerPath: string, request: AscRequest): Promise<AscReply> {
  const session = sessions.get(compilerPath) ?? new AscSession(compilerPath)
  return session.ask(request)
}

const sessions = new Map<string, AscSession>()

/** A warm compiler holds 100 to 300 MB. */
const IDLE_MS = 5 * 60 * 1000

/**
 * The compiler's back end is WebAssembly itself. Without the optimising tier a build from cold takes half the time and
 * a third of the processor time, since most of its code runs only once; a warm build is as fast either way.
 */
const ENGINE_FLAGS = ['--liftoff-only']

/** Enough of what a crash prints to report it. */
const MAX_OUTPUT = 64 * 1024

/** What the compiler prints before it ends its process. */
const CRASH = /crashed during (\w+)/

interface Waiting {
  resolve(reply: AscReply): void
  reject(error: Error): void
}

class AscSession {
  readonly #compilerPath: string
  readonly #child: ChildProcess
  /** In the order of the requests, which is that of the replies. */
  readonly #waiting: Waiting[] = []
  #output = ''
  #idle: NodeJS.Timeout | undefined

  constructor(compilerPath: string) {
    this.#compilerPath = compilerPath
    this.#child = fork(ASC_PROCESS, [compilerPath], {
      execArgv: ENGINE_FLAGS,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-MAX_OUTPUT)
      })
    }
    this.#child.on('message', (reply: AscReply) => this.#settle((waiting) => waiting.resolve(reply)))
    this.#child.once('error', (error) => this.#end(error.message))
    this.#child.once('close', (code, signal) => this.#end(`it ended with ${signal ?? `exit code ${code}`}`))
    sessions.set(compilerPath, this)
  }

  ask(request: AscRequest): Promise<AscReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#hold()
      this.#child.send(request, (error) => {
        if (error !== null) this.#end(error.message)
      })
    })
  }

  #settle(use: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#release()
    if (waiting !== undefined) use(waiting)
  }

  #end(reason: string): void {
    if (sessions.get(this.#compilerPath) === this) sessions.delete(this.#compilerPath)
    const step = CRASH.exec(this.#output)?.[1]
    const error = errors.COMPILER_CRASHED({
      tool: 'AssemblyScript',
      reason: step === undefined ? reason : `in its step "${step}"`,
      output: this.#output,
    })
    while (this.#waiting.length > 0) this.#settle((waiting) => waiting.reject(error))
    clearTimeout(this.#idle)
    this.#child.kill()
  }

  /** This process stays for the reply. */
  #hold(): void {
    clearTimeout(this.#idle)
    for (const handle of this.#handles()) handle?.ref()
  }

  /** This process may end: the idle compiler does not keep it. */
  #release(): void {
    for (const handle of this.#handles()) handle?.unref()
    this.#idle = setTimeout(() => this.#child.kill(), IDLE_MS).unref()
  }

  /** Everything that keeps this process alive. */
  #handles(): (Pick<ChildProcess, 'ref' | 'unref'> | null | undefined)[] {
    const { channel, stdout, stderr } = this.#child
    // Pipes to a child are sockets, whatever their type says.
    return [this.#child, channel, stdout as Socket | null, stderr as Socket | null]
  }
}
