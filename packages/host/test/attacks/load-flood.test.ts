import { compile, resolveLimits } from '@wasm-plugin/embed/internal'
import { createHost, type Plugin } from '@wasm-plugin/host'
import { Component } from '@wasm-plugin/runtime'
import { expect, onTestFinished, vi } from 'vitest'
import { compileModule } from '#internal'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

const exporting = (count: number) =>
  assemble(`(component
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $x ${Array.from({ length: count }, (_, i) => `(export "f${i}" (func $f))`).join(' ')})
    (export "a:b/c@1.0.0" (instance $x)))`)

attack(
  'E72',
  'Exports as much as there is place for in its file',
  'too many definitions are refused; what is allowed is checked in turns, with the application in between',
  async () => {
    const host = await createHost({ limits: { startMs: 60_000 } })
    onTestFinished(() => host.close())
    expect(await outcomeOf(host.load(await exporting(50_000)) as Promise<unknown>)).toBe('LIMIT_EXCEEDED')
    const bytes = await exporting(9_900)
    let turns = 0
    let loaded: Plugin | undefined
    const load = host.load(bytes).then((plugin) => {
      loaded = plugin
    })
    while (loaded === undefined && turns < 1e9) {
      await new Promise(setImmediate)
      turns++
    }
    await load
    expect(turns).toBeGreaterThan(3)
    expect(await outcomeOf(loaded?.call('a:b/c#f9899') as Promise<unknown>)).toBe('undefined')
    await expect(loaded?.call('a:b/c#g')).rejects.toMatchObject({
      code: 'UNKNOWN_EXPORT',
      message: expect.stringMatching(/^.{0,2000} and 9850 more$/),
    })
  },
)

attack(
  'E75',
  'Is as much code as there is place for in its file, in many functions or in one',
  'copied and metered in steps, none of which is long, with the application in between',
  async () => {
    const sum = '(local.set 0 (i32.mul (local.get 0) (i32.const 12345)))'
    const many = `(func (param i32) ${sum.repeat(20)}) `.repeat(2_000)
    const one = `(func (param i32) ${sum.repeat(40_000)})`
    const branches = `(func (param i32) ${'(loop (br_if 0 (local.get 0)))'.repeat(20_000)})`
    for (const code of [many, one, branches]) {
      const bytes = await assemble(`(component (core module ${code}))`)
      const steps = { plain: 0, metered: 0 }
      await Component.compile(bytes, {}, { pause: () => void steps.plain++ })
      await Component.compile(bytes, { fuel: true }, { pause: () => void steps.metered++ })
      expect(steps.metered - steps.plain).toBeGreaterThan(25)
    }
    // A large section is copied in steps as well.
    const data = await assemble(`(component (core module (memory 256) (data "${'x'.repeat(12 << 20)}")))`)
    let steps = 0
    await Component.compile(data, {}, { pause: () => void steps++ })
    expect(steps).toBeGreaterThan(20)
  },
)

attack(
  'E77',
  'Is one core module as large as its file may be, which is compiled, or refused at its last byte',
  'compiled in a thread of its own, and no thread of the plugin gets a copy of it',
  async () => {
    const host = await createHost({ limits: { startMs: 60_000 } })
    onTestFinished(() => host.close())
    const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { compile: () => unknown } }
    const compiledHere = vi.spyOn(engine, 'compile')
    onTestFinished(() => compiledHere.mockRestore())
    const data = `(memory 256) (data "${'x'.repeat(12 << 20)}")`
    const answering = (result: string) => `(component
      (core module $m ${data} (func (export "f") (result i32) ${result}))
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))`
    const [good, bad] = await Promise.all([
      assemble(answering('i32.const 7')),
      assemble(answering('i64.const 7')),
    ])
    const refused = {
      code: 'INVALID_CORE_MODULE',
      message: expect.stringContaining('type error'),
    }
    const [inspection, thread, inline] = await Promise.all([
      host.inspect(good),
      host.load(good, { name: 'thread', limits: { fuel: 1_000 } }),
      host.load(good, { name: 'inline', isolation: 'inline' }),
      expect(host.inspect(bad)).rejects.toMatchObject(refused),
      expect(host.load(bad)).rejects.toMatchObject(refused),
    ])
    expect(inspection.exports).toEqual(['f'])
    expect(await thread.call('f')).toBe(7)
    expect(await inline.call('f')).toBe(7)
    await host.inspect(good)
    expect(compiledHere.mock.calls.length).toBe(0)
    const limits = resolveLimits({}, { where: 'load', isInline: false })
    const ending = new AbortController().signal
    const compiled = await compile(new Uint8Array(good), limits, { ending, compileModule })
    const { content } = compiled.transfer()
    const sections = 'bytes' in content ? [] : content.customSections
    expect(sections.map(({ name }) => name)).toContain('component-name')
    for (const { bytes } of sections) expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer)
  },
)

attack(
  'E172',
  'Has a megabyte of names: whoever writes them down for each thread that starts is held meanwhile',
  'its threads are given the bytes, which they share, and decode them themselves',
  async () => {
    const names = Array.from({ length: 400 }, (_, i) => `x${i}-${'long-'.repeat(700)}er`)
    const named = await assemble(`(component
      (core module $m (func (export "f") (result i32) (i32.const 7)))
      (core instance $i (instantiate $m))
      (func $f (result u32) (canon lift (core func $i "f")))
      ${names.map((name) => `(export "${name}" (func $f))`).join(' ')} (export "f" (func $f)))`)
    const limits = resolveLimits({}, { where: 'load', isInline: false })
    const ending = new AbortController().signal
    const compiled = await compile(new Uint8Array(named), limits, { ending, compileModule })
    const { content } = compiled.transfer()
    expect('bytes' in content && content.bytes.buffer).toBeInstanceOf(SharedArrayBuffer)
    const host = await createHost()
    onTestFinished(() => host.close())
    expect(await (await host.load(named)).call('f')).toBe(7)
  },
)
