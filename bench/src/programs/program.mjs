// One program of a contender, as small as it can be: node program.mjs KIND FOLDER [COUNT]
// KIND: raw, inline, thread, worker or extism; the guests are files in FOLDER. Without COUNT it makes a first call and
// ends; with it so many threads are started, and it prints how many bytes the process took for each.
import { readFileSync } from 'node:fs'
import path from 'node:path'

const [, , kind, folder, count] = process.argv
const file = (name) => path.join(folder, name)
const API = 'bench:calls/api'
const functions = { add: (a, b) => (a + b) >>> 0, log: () => {} }

/** Each gives a function that makes one more, with its first call. */
const kinds = {
  async raw() {
    const imports = { 'bench:calls/host': functions }
    return async () => {
      const { instance } = await WebAssembly.instantiate(readFileSync(file('core.wasm')), imports)
      return instance.exports[`${API}#add`](1, 2)
    }
  },
  async worker() {
    const { Worker } = await import('node:worker_threads')
    // A program has its module in the caller's thread then.
    if (count === undefined) await (await kinds.raw())()
    return async () => {
      const echo =
        "const { parentPort: p } = require('node:worker_threads'); p.on('message', (m) => p.postMessage(m))"
      const worker = new Worker(echo, { eval: true })
      worker.postMessage(3)
      return new Promise((resolve) => worker.once('message', resolve))
    }
  },
  inline: () => ours('inline'),
  thread: () => ours('worker'),
  async extism() {
    const { createPlugin } = await import('@extism/extism')
    const add = (_context, a, b) => BigInt(functions.add(Number(a), Number(b)))
    const options = { useWasi: false, runInWorker: true, functions: { bench: { add } } }
    const module = await WebAssembly.compile(readFileSync(file('extism.wasm')))
    return async () => {
      await (await createPlugin({ wasm: [{ module }] }, options)).call('add')
      return 3
    }
  },
}

async function ours(isolation) {
  const { createHost } = await import('@wasm-plugin/host')
  const host = await createHost()
  let loaded = 0
  return async () => {
    const options = { imports: { 'bench:calls/host': functions }, isolation, name: `plugin-${++loaded}` }
    return (await host.load(file('component.wasm'), options)).exports[API].add(1, 2)
  }
}

const start = await kinds[kind]()
if ((await start()) !== 3) throw new Error(`${kind} is wrong`)
if (count !== undefined) {
  // What the first one takes is the process's own: modules, compiled code.
  const before = await resident()
  for (let i = 0; i < Number(count); i++) await start()
  process.stdout.write(String(((await resident()) - before) / Number(count)))
}
process.exit(0)

async function resident() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage.rss()
}
