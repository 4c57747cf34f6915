import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createPlugin } from '@extism/extism'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { createHost } from '@wasm-plugin/host'
import { openTelemetry } from '@wasm-plugin/host/opentelemetry'

const API = 'bench:calls/api'

/**
 * Engines of the rows about threads: ours with the plugin in a thread, its default, and in the caller's thread; a bare
 * worker that sends back what it is sent; the bytes-only plugin in a thread of its own; for processes, a bare one that adds;
 * and ours with a span of OpenTelemetry around each call.
 */
export async function threadEngines({ component, extism: wasm }, functions) {
  const imports = { 'bench:calls/host': functions }
  // What a thread waits for may come later.
  const later = { 'bench:calls/host': { ...functions, log: async (message) => functions.log(message) } }
  const host = await createHost()
  const warmHost = await createHost({ warmThreads: 1 })
  const tracer = new BasicTracerProvider().getTracer('bench')
  const tracedHost = await createHost({ telemetry: openTelemetry({ tracer }) })
  let started = 0
  const load = (isolation, from = host) =>
    from.load(component, {
      name: `bench-${++started}`,
      imports: isolation === 'inline' ? imports : later,
      isolation,
    })
  const ends = endings()
  const startFrom = async (from, isolation = 'worker') => {
    const plugin = await load(isolation, from)
    ends.push(() => plugin.close())
    await plugin.exports[API].add(1, 2)
  }
  const ours = (await load('worker')).exports[API]
  const { add, echoString, echoBytes, echoItems, callAdd } = (await load('inline')).exports[API]
  const inProcess = (await load('process')).exports[API]
  const traced = (await load('worker', tracedHost)).exports[API]
  const adder = startAdder()
  const echo = new Worker(ECHO, { eval: true })
  // Many answers are waited for at once.
  echo.setMaxListeners(0)
  const module = await WebAssembly.compile(wasm)
  const options = {
    useWasi: false,
    runInWorker: true,
    functions: { bench: { add: (_context, a, b) => BigInt(functions.add(Number(a), Number(b))) } },
  }
  const bytes = await createPlugin({ wasm: [{ module }] }, options)
  return {
    ours: {
      ...ours,
      isAsync: true,
      addAtOnce: (count) => Promise.all(Array.from({ length: count }, () => ours.add(1, 2))),
      addInBurst: (count) => inBurst(count, () => ours.add(1, 2)),
      between: () => ends.all(),
      start: () => startFrom(host),
      startWarm: () => startFrom(warmHost),
      addInProcess: (a, b) => inProcess.add(a, b),
      startProcess: () => startFrom(host, 'process'),
    },
    inline: { add, echoString, echoBytes, echoItems, callAdd },
    postMessage: {
      isAsync: true,
      add: async (a, b) => (await sent(echo, [a, b])).reduce((x, y) => x + y),
      echoString: (value) => sent(echo, value),
      echoBytes: (value) => sent(echo, value),
      echoItems: (value) => sent(echo, value),
      addAtOnce: (count) => Promise.all(Array.from({ length: count }, () => sent(echo, [1, 2]))),
      addInBurst: (count) => inBurst(count, () => sent(echo, [1, 2])),
    },
    worker: {
      isAsync: true,
      between: () => ends.all(),
      start: async () => {
        const worker = new Worker(ECHO, { eval: true })
        ends.push(() => worker.terminate())
        await sent(worker, 1)
      },
    },
    extism: {
      isAsync: true,
      add: () => bytes.call('add'),
      addInBurst: (count) => inBurst(count, () => bytes.call('add')),
      echoString: async (value) => (await bytes.call('echo', value)).text(),
      echoBytes: async (value) => (await bytes.call('echo', value)).bytes(),
      // Version 1 runs out of blocks after some thousand calls.
      between: () => Promise.all([bytes.reset(), ends.all()]),
      start: async () => {
        const plugin = await createPlugin({ wasm: [{ module }] }, options)
        ends.push(() => plugin.close())
        await plugin.call('add')
      },
    },
    child: {
      isAsync: true,
      between: () => ends.all(),
      addInProcess: (a, b) => added(adder, [a, b]),
      startProcess: async () => {
        const child = startAdder()
        ends.push(async () => {
          child.kill('SIGKILL')
          await once(child, 'exit')
        })
        await added(child, [1, 2])
      },
    },
    traced: { isAsync: true, add: traced.add },
    async close() {
      adder.kill('SIGKILL')
      await Promise.all([host.close(), warmHost.close(), tracedHost.close(), echo.terminate(), bytes.close()])
    },
  }
}

/** What was started is ended when that is not measured. */
function endings() {
  const ends = []
  return {
    push: (end) => ends.push(end),
    all: () => Promise.all(ends.splice(0).map((end) => end())),
  }
}

async function inBurst(count, call) {
  for (let i = 0; i < count; i++) await call()
}

const ECHO = `const { parentPort } = require('node:worker_threads')
parentPort.on('message', (value) => parentPort.postMessage(value))`

/** Answers come in the order of what was sent. */
function sent(worker, value) {
  worker.postMessage(value)
  return new Promise((resolve) => worker.once('message', resolve))
}

const ADD = `process.on('message', ([a, b]) => process.send(a + b))`

function startAdder() {
  return spawn(process.execPath, ['-e', ADD], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
}

function added(child, numbers) {
  child.send(numbers)
  return new Promise((resolve) => child.once('message', resolve))
}
