import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import type { Sampler } from '../ports.js'
import { CallTree } from './call-tree.js'
import { readCpuProfile } from './cpu-profile.js'
import { pause } from './pause.js'
import { type PluginProfile, profileOf } from './plugin-profile.js'
import type { Profiled } from './profiled.js'

/**
 * Milliseconds after which what was sampled is taken in: until then it is as large as the plugin likes to make it, which is a
 * stack of its own for each look. To begin again takes some ten of them.
 */
const TAKE_MS = 500

/**
 * Samples the threads of a plugin for so many milliseconds, or until what `during` does is over. A thread that ends meanwhile
 * loses what it did last.
 *
 * @throws {PROFILER_UNAVAILABLE} and what `during` throws
 */
export async function takeProfile(
  name: string,
  profiled: Profiled,
  during: number | (() => unknown),
): Promise<PluginProfile> {
  const tree = new CallTree()
  const over = new AbortController()
  const beginning: Promise<void>[] = []
  // Whoever waits for a profile wants it: without this, a plugin that rests would not keep the process.
  const held = setInterval(() => {}, LONGEST_TIMER_MS)
  const sampling: Promise<void>[] = []
  const stopWatching = profiled.watch((sampler) => {
    const begun =
      sampler === undefined ? Promise.reject(new Error('there is no profiler here')) : sampler.begin()
    beginning.push(begun)
    sampling.push(begun.then(() => sample(sampler as Sampler, tree, over.signal)).catch(() => {}))
  })
  try {
    await allBegun(name, beginning)
    await (typeof during === 'number' ? pause(during, over.signal) : during())
  } finally {
    stopWatching()
    over.abort()
    await Promise.all(sampling)
    clearInterval(held)
  }
  return profileOf(tree, await profiled.functions())
}

/** Those that are started later may fail: their plugin tells why. */
async function allBegun(name: string, beginning: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.all(beginning)
  } catch (error) {
    throw errors.PROFILER_UNAVAILABLE({ name, reason: (error as Error).message }, error)
  }
}

async function sample(sampler: Sampler, tree: CallTree, over: AbortSignal): Promise<void> {
  try {
    for (let isLast = false; !isLast; ) {
      await pause(TAKE_MS, over)
      isLast = over.aborted
      const profile = await sampler.end()
      if (!isLast) await sampler.begin()
      tree.add(readCpuProfile(profile))
    }
  } finally {
    sampler.close()
  }
}
