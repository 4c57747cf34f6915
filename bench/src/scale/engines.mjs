import { createHost } from '@wasm-plugin/host'

const API = 'bench:calls/api'

/**
 * Engines of the tables of growth: `start` gives what loads plugins. Only the one that is measured is imported, so
 * that the memory of the process is its own.
 *
 * @typedef {{ add: (a: number, b: number) => unknown, echoBytes: (value: Uint8Array) => unknown }} Plugin
 * @type {Record<string, (guests: { component: Uint8Array, extism: Uint8Array }) => Promise<() => Promise<Plugin>>>}
 */
export const engines = {
  inline: (guests) => ours(guests, 'inline'),
  thread: (guests) => ours(guests, 'worker'),
  'thread, idle': (guests) => ours(guests, 'worker', { idleMs: 20 }),
  'extism 1.0.3': (guests) => extism(guests, '@extism/extism'),
  'extism 2.0.0-rc13': (guests) => extism(guests, 'extism-next'),
}

async function ours({ component }, isolation, pool = {}) {
  const host = await createHost()
  const imports = { 'bench:calls/host': { add: (a, b) => (a + b) >>> 0, log() {} } }
  let loaded = 0
  return async () =>
    (await host.load(component, { name: `scale-${++loaded}`, imports, isolation, pool })).exports[API]
}

/** In threads, as an application would run it. Its plugins take bytes alone. */
async function extism({ extism: wasm }, name) {
  const { createPlugin } = await import(name)
  const module = await WebAssembly.compile(wasm)
  const functions = { bench: { add: (_context, a, b) => a + b } }
  return async () => {
    const plugin = await createPlugin(
      { wasm: [{ module }] },
      { useWasi: false, runInWorker: true, functions },
    )
    let calls = 0
    // Version 1 runs out of blocks after some thousand calls.
    const call = async (...args) => {
      if (++calls % 1_000 === 0) await plugin.reset()
      return plugin.call(...args)
    }
    return {
      add: () => call('add'),
      echoBytes: async (value) => (await call('echo', value)).bytes(),
    }
  }
}
