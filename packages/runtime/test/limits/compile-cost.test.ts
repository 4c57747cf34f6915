import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { atOnce, compileCostSteps } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { codeOf, wat } from './wat.js'

const costOf = async (text: string) => atOnce(compileCostSteps(await wat(`(module ${text})`), 0)).total
const refusal = async (text: string) => {
  const bytes = await wat(`(module ${text})`)
  return codeOf(() => atOnce(compileCostSteps(bytes, 0)))
}

const i32 = (count: number) => 'i32 '.repeat(count)
const block = '(block (br_if 0 (local.get 0)))'

describe('the cost of compiling', () => {
  it('counts what a branch goes through: locals, operands, and values that it carries', async () => {
    const empty = await costOf('(func)')
    const costs = (locals: number, below: number, code: string) =>
      costOf(`(func (local ${i32(locals)}) ${'i32.const 0 '.repeat(below)} ${code} ${'drop '.repeat(below)})`)
    expect(empty).toBe(1)
    // Two constants for it, the block, the branch and two ends, each of which has the locals at hand.
    const one = await costs(1, 0, block)
    expect((await costs(11, 0, block)) - one).toBe(10 * 5)
    expect((await costs(1, 10, block)) - one).toBe(10 * 3 + 20)
    const carries = (count: number) =>
      costOf(
        `(func (block (result ${i32(count)}) ${'i32.const 0 '.repeat(count)} (br_if 0 (i32.const 1))) ${'drop '.repeat(count)})`,
      )
    expect((await carries(20)) - (await carries(10))).toBeGreaterThanOrEqual(10 * 8 * 3)
  })

  it('takes real code', async () => {
    const component = readFileSync(new URL('../../../plugin-sdk/bindgen/bindgen.wasm', import.meta.url))
    await expect(Component.compile(component)).resolves.toBeInstanceOf(Component)
  })

  it('counts no branch of code that cannot run', async () => {
    const dead = `(func (local ${i32(1_000)}) (return) ${block.repeat(10)})`
    const live = `(func (local ${i32(1_000)}) ${block.repeat(10)})`
    expect(await costOf(dead)).toBeLessThan(8_000)
    expect(await costOf(live)).toBeGreaterThan(30_000)
  })

  const values = i32(999)
  const pushes = 'local.get 0 '.repeat(999)
  const drops = 'drop '.repeat(999)
  const within = (code: string, type = '') =>
    `(func (local i32) ${pushes} (${type === '' ? 'block' : `${type} (param ${values}) (result ${values})`} ${code}) ${drops})`
  const shapes: Record<string, string> = {
    'branches to a loop with parameters': within('(br_if 0 (local.get 0))'.repeat(2_000), 'loop'),
    'blocks with parameters': within(`(block (param ${values}) (result ${values}))`.repeat(400), 'block'),
    'blocks over many locals': `(func (local ${i32(50_000)}) ${block.repeat(100)})`,
    'blocks over a high stack': `(func (local i32) ${'local.get 0 '.repeat(9_000)} ${block.repeat(400)} ${'drop '.repeat(9_000)})`,
    'conditions over many locals': `(func (local ${i32(50_000)}) ${'(if (local.get 0) (then) (else))'.repeat(100)})`,
    'a table of labels': `(func (local ${i32(3_000)}) ${'(block '.repeat(1_500)} (br_table ${Array.from({ length: 1_500 }, (_, i) => i).join(' ')} (local.get 0)) ${')'.repeat(1_500)})`,
    'calls with many results': `(func $f (result ${values}) unreachable) (func ${`(call $f) ${drops}`.repeat(200)})`,
    'calls with many parameters': `(func $f (param ${values})) (func (local i32) ${`${pushes} (call $f)`.repeat(200)})`,
    'calls over many locals': `(func (local ${i32(50_000)}) ${'(call 0)'.repeat(700)})`,
    'plain code over many locals': `(func (local ${i32(50_000)}) ${'(local.set 0 (local.get 1))'.repeat(6_000)})`,
    'handlers over many locals': `(tag $t) (func (local ${i32(50_000)}) ${'(block (try_table (catch $t 0)))'.repeat(60)})`,
  }
  for (const [name, text] of Object.entries(shapes))
    it(`refuses too many ${name}`, async () => {
      expect(await refusal(text)).toBe('COMPILE_COST_EXCEEDED')
    })

  it('takes calls of code that cannot run, which have no operands', async () => {
    expect(await costOf('(table 0 funcref) (func unreachable (call_indirect))')).toBeLessThan(20)
  })

  /** Modules of 300 functions, one larger than what is passed at a time, which end with a long instruction. */
  const large = (last: string) =>
    wat(
      `(module (memory 1) ${Array.from({ length: 300 }, (_, i) => {
        const stores = '(i32.store (i32.const 0) (i32.const 1))'.repeat(i === 7 ? 40_000 : 60)
        return `(func ${stores} (memory.fill (i32.const 7) (i32.const 7) (i32.const 7)) ${last})`
      }).join(' ')})`,
    )

  it('passes code that is larger than what it looks at in one go', async () => {
    const bytes = await large('')
    const fill = [0x41, 7, 0x41, 7, 0x41, 7, 0xfc, 0x0b, 0]
    const behind: number[] = []
    for (let at = 0; ; ) {
      at = Buffer.from(bytes.buffer).indexOf(Uint8Array.from(fill), at)
      if (at < 0) break
      at += fill.length
      behind.push(at)
    }
    const { total, long } = atOnce(compileCostSteps(bytes, 0))
    expect(behind).toHaveLength(300)
    expect(long).toEqual(behind)
    const instructions = 3 * (299 * 60 + 40_000) + 300 * 5
    expect(total).toBe(instructions)
  })

  it('counts modules that are passed in turns, and behind one that is refused, as if each were alone', async () => {
    const modules = await Promise.all(['', '(drop (i32.const 1))', '(block)'].map(large))
    const alone = modules.map((bytes) => atOnce(compileCostSteps(bytes, 0)))
    const wrong = await wat(`(module (func (param i32) ${block.repeat(20_000)} (drop (i32.const 5))))`)
    wrong[wrong.length - 4] = 0xff
    const runs = [...modules, wrong].map((bytes) => compileCostSteps(bytes, 0))
    for (const [i, run] of runs.entries()) {
      // Each is under way when the next one begins.
      run.next()
      if (i === 3) expect(codeOf(() => atOnce(run))).toBe('UNSUPPORTED_FEATURE')
    }
    expect(runs.slice(0, 3).map(atOnce)).toEqual(alone)
    expect(atOnce(compileCostSteps(modules[1]!, 0))).toEqual(alone[1])
  })

  it('refuses more blocks in each other than an engine keeps cheaply', async () => {
    expect(await refusal(`(func ${'block '.repeat(70_000)} ${'end '.repeat(70_000)})`)).toBe(
      'UNSUPPORTED_FEATURE',
    )
  })

  it('refuses a component of many functions that are each cheap enough', async () => {
    const func = `(func (local ${i32(50_000)}) ${block.repeat(40)})`
    const module = await wat(`(component ${`(core module ${func.repeat(3)})`.repeat(9)})`)
    await expect(Component.compile(module)).rejects.toMatchObject({
      code: 'COMPILE_COST_EXCEEDED',
      data: { module: 7, max: 128 << 20 },
    })
    await expect(Component.compile(module, { limits: { componentBytes: 128 << 20 } })).resolves.toBeTruthy()
  })
})
