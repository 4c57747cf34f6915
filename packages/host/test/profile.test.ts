// On every Node: how the engine is asked what a thread does.
import { existsSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  createHost,
  type Host,
  type InlinePlugin,
  type Isolation,
  type LoadOptions,
  type Plugin,
  type PluginProfile,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { assemble } from './helpers/guests.js'

/** Where a process that may do nothing else can look at its thread. */
const inProcess = 'startCpuProfile' in Worker.prototype
const walls: Isolation[] = ['worker', 'inline', ...(inProcess ? (['process'] as const) : [])]

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

type Any = Plugin | InlinePlugin
const load = (source: string | Uint8Array, options: object): Promise<Any> =>
  host.load(source, { name: 'busy', ...options } as LoadOptions)

/** Calls a function until the profile has seen enough of it. */
function whileCalling(plugin: Any, name: string, args: readonly unknown[]): Promise<PluginProfile> {
  return plugin.profile(async () => {
    const end = Date.now() + 700
    do {
      await plugin.call(name, args as unknown[])
      await turn()
    } while (Date.now() < end)
  })
}

/** A core function that takes some time, and calls what it is given. */
const spinning = (name: string, calls = '') => `(func $"${name}" (param i32) (local i32)
  (local.set 1 (local.get 0))
  (loop $again
    (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
  ${calls})`

const BUSY = `(component
  (import "app" (func $app' (param "n" u32)))
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core func $app (canon lower (func $app')))
  (core func $roll (canon lower (func $random "get-random-u64")))
  (core module $m
    (import "" "app" (func $app (param i32)))
    (import "" "roll" (func $roll (result i64)))
    ${spinning('callWasi')}
    ${spinning('hot', '(call $"callWasi" (local.get 0))')}
    (func $asks (param i32) (local i32)
      (local.set 1 (i32.const 20000))
      (loop $again
        (drop (call $roll))
        (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))))
    (func $never (export "never") (param i32) (drop (memory.grow (i32.const 0))) (loop $l (br $l)))
    (memory 1)
    (func (export "spin") (param i32) (call $hot (local.get 0)))
    (func (export "wasi") (param i32) (call $asks (local.get 0)))
    (func (export "app") (param i32) (call $app (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance (export "app" (func $app)) (export "roll" (func $roll))))))
  ${['spin', 'wasi', 'app', 'never']
    .map((name) => `(func (export "${name}") (param "n" u32) (canon lift (core func $i "${name}")))`)
    .join('\n')})`

const busy = async (options: object) =>
  load(await assemble(BUSY), {
    imports: {
      app(ms: number) {
        const end = Date.now() + ms
        while (Date.now() < end);
      },
    },
    ...options,
  })
const N = 20_000_000

const limits = { timeoutMs: 60_000, startMs: 60_000 }
const fuel = 1e15

describe.each([
  ...walls.map((isolation) => ({ isolation, limits })),
  { isolation: 'worker', limits: { ...limits, fuel } },
  ...(isWhole ? [{ isolation: 'inline', limits: { ...limits, fuel } }] : []),
])('a profile: $isolation, fuel $limits.fuel', (options) => {
  it('has the functions of the plugin by their names, first those that ran longest, and no time elsewhere', async () => {
    const plugin = await busy(options)
    const { functions, pluginMs, wasiMs, hostMs, valuesMs, durationMs } = await whileCalling(plugin, 'spin', [
      N,
    ])
    const names = functions.map(({ function: name }) => name)
    expect(names.slice(0, 2).sort()).toEqual(['callWasi', 'hot'])
    const [hot] = functions.filter(({ function: name }) => name === 'hot')
    expect(hot!.selfMs).toBeGreaterThan(0)
    expect(hot!.totalMs).toBeGreaterThan(hot!.selfMs)
    expect(pluginMs).toBeGreaterThan(wasiMs + hostMs + valuesMs)
    expect(pluginMs).toBeLessThanOrEqual(durationMs)
    expect(wasiMs + hostMs).toBeLessThan(pluginMs / 2)
  })

  it('has the time in WASI and in functions of the application apart', async () => {
    const plugin = await busy(options)
    const wasi = await whileCalling(plugin, 'wasi', [1])
    expect(wasi.wasiMs).toBeGreaterThan(0)
    expect(wasi.hostMs).toBe(0)
    const app = await whileCalling(plugin, 'app', [5])
    expect(app.hostMs).toBeGreaterThan(app.pluginMs)
    expect(app.wasiMs).toBe(0)
  })

  it('is a profile as tools read it', async () => {
    const plugin = await busy(options)
    const { cpuProfile } = await whileCalling(plugin, 'spin', [N])
    const ids = new Set(cpuProfile.nodes.map(({ id }) => id))
    expect(ids.size).toBe(cpuProfile.nodes.length)
    for (const id of [...cpuProfile.samples, ...cpuProfile.nodes.flatMap(({ children = [] }) => children)])
      expect(ids.has(id)).toBe(true)
    expect(cpuProfile.samples.length).toBe(cpuProfile.timeDeltas.length)
    expect(cpuProfile.nodes.some(({ callFrame }) => callFrame.functionName === 'hot')).toBe(true)
    expect(JSON.parse(JSON.stringify(cpuProfile))).toEqual(cpuProfile)
  })
})

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
const text = '# Title\n\nSome *text* with `code` and [links](http://x.y)\n\n- a\n- b\n\n'.repeat(500)
const document = { path: 'a.md', markdown: text }
const examples = [
  {
    language: 'rust',
    file: example('rust-plugin/dist/markdown.wasm'),
    call: ['acme:site/render#render', [document]] as const,
    imports: { 'acme:site/log@0.1.0': { log() {} } },
    finds: { function: /^pulldown_cmark::/, file: /pulldown-cmark/ },
  },
  {
    language: 'assemblyscript',
    file: example('assemblyscript-plugin/dist/insights.wasm'),
    call: ['acme:site/analyze#analyze', [document, []]] as const,
    imports: { 'acme:site/log@0.1.0': { log() {} } },
    finds: { function: /^/, file: /^assembly\// },
  },
  {
    language: 'c',
    file: example('c-plugin/dist/prose.wasm'),
    call: ['acme:site/analyze#analyze', [document, []]] as const,
    imports: {},
    finds: { function: /^md_/, file: /^vendor\/md4c\.c$/ },
  },
]

for (const { language, file, call, imports, finds } of examples)
  describe.skipIf(!existsSync(file))(`the example in ${language}`, () => {
    it.each([
      { isolation: 'worker' },
      { isolation: 'inline', limits: { fuel } },
      ...walls.slice(2).map((isolation) => ({ isolation })),
    ])('has functions of its author by name, file and line: %o', async (options) => {
      const plugin = await load(file, {
        imports,
        grants: {},
        ...options,
        limits: { ...limits, ...('limits' in options ? options.limits : {}) },
      })
      const { functions } = await whileCalling(plugin, call[0], call[1])
      const found = functions.filter(
        (each) =>
          each.line !== null &&
          each.line > 0 &&
          finds.file.test(each.file ?? '') &&
          finds.function.test(each.function ?? '') &&
          each.language === language,
      )
      expect(found.length).toBeGreaterThan(2)
      expect(found[0]!.totalMs).toBeGreaterThan(0)
      // The engine's own way into a function is no function of the plugin.
      const realloc = functions.find(({ function: name }) => name === 'cabi_realloc')?.totalMs ?? 0
      expect(realloc).toBeLessThan(Math.max(...functions.map(({ totalMs }) => totalMs)) / 2)
    })
  })

describe('profiling', () => {
  it('looks for so many milliseconds, also at a plugin that rests', async () => {
    const plugin = await busy({ limits })
    const { functions, durationMs, pluginMs } = await plugin.profile(50)
    expect([functions, pluginMs]).toEqual([[], 0])
    expect(durationMs).toBeGreaterThan(0)
  })

  it('looks at every thread, those included that are started meanwhile', async () => {
    const plugin = await busy({ limits, pool: { instances: 3 } })
    const { functions, durationMs } = await plugin.profile(() =>
      Promise.all([N, N, N].map((n) => plugin.call('spin', [20 * n]))),
    )
    expect(functions.some(({ function: name }) => name === 'hot')).toBe(true)
    expect(durationMs).toBeGreaterThan(0)
  })

  it('goes on when a thread ends, with what was seen of it until then and with the next', async () => {
    const plugin = await busy({ limits })
    const { functions } = await plugin.profile(async () => {
      const never = plugin.call('never', [1], { timeoutMs: 1_500 })
      await expect(never).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
      await plugin.call('spin', [50 * N])
    })
    const names = functions.map(({ function: name }) => name)
    expect(names).toContain('never')
    expect(names).toContain('hot')
  })

  it('is one at a time, and the next may begin when it failed', async () => {
    const plugin = await busy({ limits })
    const first = plugin.profile(50)
    await expect(plugin.profile(50)).rejects.toMatchObject({ code: 'PROFILE_RUNNING' })
    await first
    await expect(
      plugin.profile(() => {
        throw new Error('of the application')
      }),
    ).rejects.toThrow('of the application')
    await plugin.profile(10)
  })

  it.each([0, -1, 1e12, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined, null, {}])(
    'takes milliseconds or a function, and not %j',
    async (during) => {
      const plugin = await busy({ limits })
      await expect(plugin.profile(during as never)).rejects.toMatchObject({
        ...{ code: 'OPTIONS_INVALID', message: expect.stringContaining('at most 2147483647') },
      })
    },
  )

  it.each(['worker', 'inline'])('ends with the plugin: %s', async (isolation) => {
    const plugin = await busy({ isolation, limits })
    const running = plugin.profile(() => plugin.close())
    expect((await running).functions).toEqual([])
    await expect(plugin.profile(5)).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' })
  })

  it.skipIf(inProcess)('says so where the process of a plugin cannot look at its thread', async () => {
    const plugin = await busy({ isolation: 'process', limits })
    await expect(plugin.profile(5)).rejects.toMatchObject({ code: 'PROFILER_UNAVAILABLE' })
    await plugin.call('spin', [1])
  })
})
