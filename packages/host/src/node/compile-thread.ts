import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { CoreModule } from '@wasm-plugin/runtime'

/** `refused`: what the engine has against the module. */
export type CompileAnswer = { readonly module: CoreModule } | { readonly refused: string }

/**
 * Compiles in a thread of its own, which all compilations of the process share and which lives as long as there is one.
 * Answers undefined if there can be no thread: Node's permissions may forbid it.
 */
export async function compileInThread(
  bytes: Uint8Array<SharedArrayBuffer>,
): Promise<CompileAnswer | undefined> {
  let thread: Worker
  try {
    thread = enter()
  } catch {
    return undefined
  }
  const { port1, port2 } = new MessageChannel()
  try {
    thread.postMessage({ bytes, port: port2 }, [port2])
    return await answerAt(port1)
  } finally {
    port1.close()
    leave()
  }
}

/** Text, since a bundled application has no file of this package. It needs nothing but Node. */
const SOURCE = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', async ({ bytes, port }) => {
  try {
    port.postMessage({ module: await WebAssembly.compile(bytes) })
  } catch (error) {
    port.postMessage({ refused: error.message })
  }
})
`

let current: Worker | undefined
let compilations = 0

function enter(): Worker {
  if (current === undefined) {
    const thread = new Worker(SOURCE, {
      eval: true,
      name: 'wasm-plugin compiles',
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    // Its ports close, which is heard by who waits; the next compilation takes another thread.
    const forget = () => {
      if (current === thread) current = undefined
    }
    thread.on('error', forget).on('exit', forget)
    current = thread
  }
  compilations++
  return current
}

function leave(): void {
  compilations--
  if (compilations > 0) return
  void current?.terminate()
  current = undefined
}

function answerAt(port: MessagePort): Promise<CompileAnswer | undefined> {
  return new Promise((resolve) => {
    port.once('message', resolve)
    port.once('messageerror', () => resolve(undefined))
    port.once('close', () => resolve(undefined))
  })
}
