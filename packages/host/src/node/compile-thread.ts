import { Worker } from 'node:worker_threads'
import { onAbort } from '@wasm-plugin/embed'
import type { CoreModule } from '@wasm-plugin/runtime'

/** `refused`: what the engine has against the module. */
export type CompileAnswer = { readonly module: CoreModule } | { readonly refused: string }

/**
 * Compiles in a thread of its own, so that no module waits for another, and one that is given up is left at once. A
 * thread that ends while it compiles is the module's fault: it is not tried again where more would end with it. Answers
 * undefined if there can be no thread: Node's permissions may forbid it.
 *
 * @throws the reason of `signal`
 */
export async function compileInThread(
  bytes: Uint8Array<SharedArrayBuffer>,
  signal: AbortSignal,
): Promise<CompileAnswer | undefined> {
  await enter(signal)
  try {
    const thread = start(bytes)
    return thread && (await answerOf(thread, signal))
  } finally {
    leave()
  }
}

/** Threads that compile at a time; each takes some megabytes. */
const MAX_THREADS = 8

let threads = 0
const waiting = new Set<() => void>()

async function enter(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (threads < MAX_THREADS) {
    threads++
    return
  }
  await new Promise<void>((resolve, reject) => {
    const off = onAbort(signal, () => {
      waiting.delete(next)
      reject(signal.reason)
    })
    const next = () => {
      off()
      resolve()
    }
    waiting.add(next)
  })
}

/** The next in the line takes over, so the number stays. */
function leave(): void {
  const [next] = waiting
  if (next === undefined) threads--
  else {
    waiting.delete(next)
    next()
  }
}

/** Text, since a bundled application has no file of this package. It needs nothing but Node. */
const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads')
WebAssembly.compile(workerData).then(
  (module) => parentPort.postMessage({ module }),
  (error) => parentPort.postMessage({ refused: error.message }),
)
`

function start(bytes: Uint8Array<SharedArrayBuffer>): Worker | undefined {
  try {
    return new Worker(SOURCE, {
      eval: true,
      name: 'wasm-plugin compiles',
      workerData: bytes,
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
    })
  } catch {
    return undefined
  }
}

async function answerOf(thread: Worker, signal: AbortSignal): Promise<CompileAnswer | undefined> {
  let hasStarted = false
  thread.once('online', () => {
    hasStarted = true
  })
  let off = () => {}
  try {
    return await new Promise((resolve, reject) => {
      const ended = (reason: string) =>
        resolve(hasStarted ? { refused: `the thread that compiled it ended: ${reason}` } : undefined)
      thread.once('message', resolve)
      thread.once('error', (error) => ended(error.message))
      thread.once('exit', (code) => ended(`exit code ${code}`))
      off = onAbort(signal, () => reject(signal.reason))
      if (signal.aborted) reject(signal.reason)
    })
  } finally {
    off()
    // Whatever it does: nobody waits for its end, and an error that comes late is nobody's.
    thread.unref()
    thread.on('error', () => {})
    void thread.terminate()
  }
}
