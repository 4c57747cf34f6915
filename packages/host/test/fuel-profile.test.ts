import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createHost,
  type FuelProfile,
  type Host,
  type InlinePlugin,
  type Isolation,
  type LoadOptions,
  type Plugin,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

type Any = Plugin | InlinePlugin
const load = (source: string | Uint8Array, options: object): Promise<Any> =>
  host.load(source, { profile: 'fuel', ...options } as LoadOptions)

const WORK = `(component
  (import "app" (func $app' (param "n" u32)))
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core func $app (canon lower (func $app')))
  (core func $roll (canon lower (func $random "get-random-u64")))
  (core module $m
    (import "" "app" (func $app (param i32)))
    (import "" "roll" (func $roll (result i64)))
    (memory 1)
    (func $hot (param i32)
      (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func $cold (param i32) (call $hot (i32.const 10)))
    (func (export "work") (param i32) (call $hot (local.get 0)) (call $cold (local.get 0)))
    (func (export "asks") (param i32) (drop (call $roll)) (call $app (local.get 0)))
    (func (export "fails") (param i32) (call $hot (local.get 0)) unreachable)
    (func (export "never") (param i32) (drop (memory.grow (i32.const 0))) (loop $l (br $l))))
  (core instance $i (instantiate $m (with "" (instance (export "app" (func $app)) (export "roll" (func $roll))))))
  ${['work', 'asks', 'fails', 'never']
    .map((name) => `(func (export "${name}") (param "n" u32) (canon lift (core func $i "${name}")))`)
    .join('\n')})`

const work = async (options: object = {}) => load(await assemble(WORK), { imports: { app() {} }, ...options })
const walls: Isolation[] = ['worker', 'inline', 'process']
const N = 1_000
const named = ({ functions }: FuelProfile) =>
  Object.fromEntries(functions.map(({ function: name, fuel }) => [name, fuel]))

describe.each(walls)('a profile by fuel: %s', (isolation) => {
  it('has what each function used, the same each time, and first what used most', async () => {
    const plugin = await work({ isolation })
    const once = () => plugin.profile(() => plugin.call('work', [N]), { by: 'fuel' })
    const profile = await once()
    const { functions, fuel, outsideFuel } = profile
    expect(functions[0]).toMatchObject({ function: 'hot', file: null })
    expect(named(profile).hot).toBeGreaterThan(4 * N)
    expect(functions.reduce((sum, { fuel }) => sum + fuel, 0) + outsideFuel).toBe(fuel)
    expect(await once()).toEqual(profile)
    const other = await work({ isolation, name: 'other' })
    expect(await other.profile(() => other.call('work', [N]), { by: 'fuel' })).toEqual(profile)
  })

  it('has what is done outside apart', async () => {
    const plugin = await work({ isolation })
    const { fuel, outsideFuel } = await plugin.profile(() => plugin.call('asks', [N]), { by: 'fuel' })
    expect(outsideFuel).toBeGreaterThan(500)
    expect(fuel).toBeGreaterThan(outsideFuel)
  })

  it('has what failed, and the instance after it', async () => {
    const plugin = await work({ isolation })
    const profile = await plugin.profile(
      async () => {
        await expect((async () => plugin.call('fails', [N]))()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
        await plugin.call('work', [N])
      },
      { by: 'fuel' },
    )
    expect(named(profile).hot).toBeGreaterThan(8 * N)
    expect(named(profile)).toHaveProperty('work')
  })

  it('has nothing of what was before', async () => {
    const plugin = await work({ isolation })
    await plugin.call('work', [N])
    const { functions, fuel } = await plugin.profile(() => {}, { by: 'fuel' })
    expect([functions, fuel]).toEqual([[], 0])
  })

  it('stops where the fuel that was given is used up', async () => {
    const plugin = await work({ isolation, limits: { fuel: 10_000 } })
    const { functions } = await plugin.profile(
      async () =>
        expect((async () => plugin.call('never', [1]))()).rejects.toMatchObject({ code: 'OUT_OF_FUEL' }),
      { by: 'fuel' },
    )
    expect(functions[0]).toMatchObject({ function: 'never' })
    expect(functions[0]!.fuel).toBeGreaterThanOrEqual(8_000)
  })
})

describe('counting', () => {
  it('is of all threads, those included that are started meanwhile', async () => {
    const plugin = await work({ pool: { instances: 3 } })
    const one = await plugin.profile(() => plugin.call('work', [N]), { by: 'fuel' })
    const all = await plugin.profile(() => Promise.all([1, 2, 3].map(() => plugin.call('work', [N]))), {
      by: 'fuel',
    })
    expect(named(all).hot).toBe(3 * (named(one).hot as number))
  })

  it('goes on when a thread ends, without what that had done', async () => {
    const plugin = await work({ limits: { timeoutMs: 60_000 } })
    const profile = await plugin.profile(
      async () => {
        const never = (plugin as Plugin).call('never', [1], { timeoutMs: 200 })
        await expect(never).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
        await plugin.call('work', [N])
      },
      { by: 'fuel' },
    )
    expect(named(profile)).toHaveProperty('hot')
    expect(named(profile)).not.toHaveProperty('never')
  })

  it('is of a plugin that was loaded for it alone', async () => {
    const plugin = await work({ profile: undefined })
    await expect(plugin.profile(5, { by: 'fuel' })).rejects.toMatchObject({ code: 'FUEL_NOT_COUNTED' })
    expect(plugin.stats.fuel).toBeUndefined()
  })

  it.each([{ by: 'work' }, { of: 'fuel' }, null, 5])('takes options, and not %j', async (options) => {
    const plugin = await work()
    await expect(plugin.profile(5, options as never)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  it('can be looked at by time as well', async () => {
    const plugin = await work()
    const { functions } = await plugin.profile(() => plugin.call('work', [100_000_000]))
    expect(functions.map(({ function: name }) => name)).toContain('hot')
  })
})

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
const document = { path: 'a.md', markdown: '# Title\n\nSome *text* with `code`.\n\n- a\n- b\n\n'.repeat(50) }
const examples = [
  {
    language: 'rust',
    file: example('rust-plugin/dist/markdown.wasm'),
    call: ['acme:site/render#render', [document] as unknown[]] as const,
    imports: { 'acme:site/log@0.1.0': { log() {} } },
    finds: { function: /^pulldown_cmark::/, file: /pulldown-cmark/ },
  },
  {
    language: 'assemblyscript',
    file: example('assemblyscript-plugin/dist/insights.wasm'),
    call: ['acme:site/analyze#analyze', [document, []] as unknown[]] as const,
    imports: { 'acme:site/log@0.1.0': { log() {} } },
    finds: { function: /^/, file: /^assembly\// },
  },
  {
    language: 'c',
    file: example('c-plugin/dist/prose.wasm'),
    call: ['acme:site/analyze#analyze', [document, []] as unknown[]] as const,
    imports: {},
    finds: { function: /^md_/, file: /^vendor\/md4c\.c$/ },
  },
]

for (const { language, file, call, imports, finds } of examples)
  describe.skipIf(!existsSync(file))(`the example in ${language}`, () => {
    it('uses the same each time, by functions of its author with file and line', async () => {
      const profiles: FuelProfile[] = []
      for (const name of ['first', 'second']) {
        // Tables of Rust are in an order by chance.
        const plugin = await load(file, { name, imports, grants: { random: { seed: 'the same' } } })
        profiles.push(await plugin.profile(() => plugin.call(call[0], call[1]), { by: 'fuel' }))
      }
      expect(profiles[1]).toEqual(profiles[0])
      const found = profiles[0]!.functions.filter(
        (each) =>
          each.line !== null &&
          finds.file.test(each.file ?? '') &&
          finds.function.test(each.function ?? '') &&
          each.language === language,
      )
      expect(found.length).toBeGreaterThan(2)
    })
  })
