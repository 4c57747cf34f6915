import { createPlugin } from '@extism/extism'

/**
 * In this thread, where it is fastest. Its values are bytes, so records and results have no row.
 *
 * @type {import('../rows.mjs').Engine}
 */
export async function extism({ extism: wasm }, host) {
  const options = {
    useWasi: false,
    functions: { bench: { add: (_context, a, b) => BigInt(host.add(Number(a & MASK), Number(b & MASK))) } },
  }
  const module = await WebAssembly.compile(wasm)
  const plugin = await createPlugin({ wasm: [{ module }] }, options)
  const times = new BigUint64Array(1)
  return {
    isAsync: true,
    add: () => plugin.call('add'),
    echoString: async (value) => (await plugin.call('echo', value)).text(),
    echoBytes: async (value) => (await plugin.call('echo', value)).bytes(),
    callAdd: (n) => {
      times[0] = BigInt(n)
      return plugin.call('call_add', new Uint8Array(times.buffer))
    },
    // Version 1 runs out of blocks after some thousand calls.
    between: () => plugin.reset(),
    instantiate: async () => (await createPlugin({ wasm: [{ module }] }, options)).close(),
    load: async ({ extism: data }) => {
      const loaded = await createPlugin({ wasm: [{ data }] }, options)
      await loaded.call('add')
      await loaded.close()
      return 3
    },
  }
}

const MASK = 0xffff_ffffn
