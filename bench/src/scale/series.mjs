/**
 * What grows, in which steps, and what is done in a step. `each` is how many of the unit a step of `n` has: a table
 * gives the time of one.
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {Record<string, number[]>} steps by engine
 * @property {string} of what the time of one is of
 * @property {(n: number) => number} each
 * @property {(n: number, load: () => Promise<import('./engines.mjs').Plugin>) => Promise<number>} run milliseconds
 */

const CALLS = 1_000
const KIB = 1 << 10
const MIB = 1 << 20
const SIZES = [1, KIB, 64 * KIB, MIB, 16 * MIB, 64 * MIB]
const COUNTS = [1, 100, 10_000, 1_000_000]
const PLUGINS = [1, 10, 100, 1_000]
const THREADS = [1, 10, 100]

/** @type {Series[]} */
export const series = [
  {
    name: 'plugins loaded and called once',
    steps: {
      inline: PLUGINS,
      thread: THREADS,
      'thread, idle': PLUGINS,
      'extism 1.0.3': THREADS,
      'extism 2.0.0-rc13': THREADS,
    },
    of: 'a plugin',
    each: (n) => n,
    run: (n, load) =>
      timed(async () => {
        for (let i = 0; i < n; i++) await (await load()).add(1, 2)
      }),
  },
  {
    name: `callers of one plugin, ${CALLS} calls each`,
    // A plugin of Extism takes one call at a time, and refuses the others.
    steps: { thread: [1, 4, 16, 64] },
    of: 'a call',
    each: (n) => n * CALLS,
    run: async (n, load) => {
      const plugin = await warm(load)
      return timed(() => Promise.all(Array.from({ length: n }, () => callRepeatedly(plugin, CALLS))))
    },
  },
  {
    name: 'bytes there and back',
    steps: { inline: SIZES, thread: SIZES, 'extism 1.0.3': SIZES, 'extism 2.0.0-rc13': SIZES },
    of: 'a KiB',
    each: (n) => n / KIB,
    run: async (n, load) => {
      const plugin = await warm(load)
      const value = new Uint8Array(n).fill(7)
      let least = Number.POSITIVE_INFINITY
      for (let i = 0; i < 5; i++) least = Math.min(least, await timed(() => plugin.echoBytes(value)))
      return least
    },
  },
  {
    name: 'calls of one plugin',
    steps: {
      inline: COUNTS,
      thread: COUNTS,
      'extism 1.0.3': COUNTS.slice(0, 3),
      'extism 2.0.0-rc13': COUNTS.slice(0, 3),
    },
    of: 'a call',
    each: (n) => n,
    run: async (n, load) => {
      const plugin = await warm(load)
      return timed(() => callRepeatedly(plugin, n))
    },
  },
]

async function warm(load) {
  const plugin = await load()
  await callRepeatedly(plugin, CALLS)
  return plugin
}

async function callRepeatedly(plugin, count) {
  for (let i = 0; i < count; i++) {
    const pending = plugin.add(1, 2)
    if (pending instanceof Promise) await pending
  }
}

async function timed(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}
