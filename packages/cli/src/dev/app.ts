import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Context } from '../command.js'

/** Milliseconds that an application gets to end by itself. */
const ENDING_MS = 10_000

/** An application beside a plugin project, whose hosts take in what is built. */
export class App {
  readonly #context: Context
  readonly #command: string
  #child: ChildProcess | undefined

  constructor(context: Context, command: string) {
    this.#context = context
    this.#command = command
  }

  /** Starts it, unless it runs. */
  keepRunning(): void {
    const { cwd, env, progress, signal } = this.#context
    if (this.#child !== undefined || signal.aborted) return
    const child = spawn(this.#command, {
      ...{ cwd, env: { ...env, WASM_PLUGIN_DEV: '1' }, shell: true },
      // A group of its own has nothing to read from the terminal.
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: hasGroups,
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', progress.pass)
    }
    this.#child = child
    const kill = () => signalTo(child, 'SIGKILL')
    process.once('exit', kill)
    child.once('error', progress.failure)
    child.once('close', (code, by) => {
      process.off('exit', kill)
      this.#child = undefined
      if (!signal.aborted) progress.status('Ended', `${this.#command} (${by ?? code})`)
    })
    progress.status('Started', this.#command)
  }

  /** Ends it, and what it started. */
  async end(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const closed = once(child, 'close')
    signalTo(child, 'SIGTERM')
    const timer = setTimeout(() => signalTo(child, 'SIGKILL'), ENDING_MS)
    await closed
    clearTimeout(timer)
  }
}

const hasGroups = process.platform !== 'win32'

/** To the shell and everything below it. */
function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!hasGroups || child.pid === undefined) {
    child.kill(signal)
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has ended.
  }
}
