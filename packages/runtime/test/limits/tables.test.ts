import { Component } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { wat } from './wat.js'

/** A component of core modules, each instantiated as often as it says; `grow` of each is an export of the component. */
const component = (...modules: readonly { readonly tables: string; readonly instances?: number }[]) =>
  wat(
    `(component ${modules
      .map(
        ({ tables, instances = 1 }, at) => `
      (core module $m${at} ${tables}
        (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0))))
      ${Array.from({ length: instances }, (_, i) => `(core instance $i${at}-${i} (instantiate $m${at}))`).join('\n')}
      (func (export "grow${at}") (param "by" s32) (result s32) (canon lift (core func $i${at}-0 "grow")))`,
      )
      .join('\n')})`,
  )

const GROWS = { tables: '(table 10 funcref)' }
const limited = { memory: { tableElements: 1_000 } }
const limits = { limits: { tableElements: 1_000 } }
type Grow = (by: number) => number

describe('the tables of an instance', () => {
  it('share a limit, over all its core modules', async () => {
    const compiled = await Component.compile(await component(GROWS, GROWS), limited)
    const { exports } = compiled.instantiate({}, limits)
    const [grow0, grow1] = [exports.grow0 as Grow, exports.grow1 as Grow]
    expect([grow0(490), grow0(1), grow1(491), grow1(490)]).toEqual([10, -1, -1, 10])
  })

  it('get what they say that they need, as far as there is enough, before those that say nothing', async () => {
    const fixed = { tables: '(table 700 700 funcref)' }
    const compiled = await Component.compile(await component(GROWS, fixed), limited)
    const { exports } = compiled.instantiate({}, limits)
    expect([(exports.grow0 as Grow)(291), (exports.grow0 as Grow)(290)]).toEqual([-1, 10])
  })

  it('are refused where they start with more, whichever modules they are in', async () => {
    const half = { tables: '(table 600 600 funcref)' }
    await expect(
      component(half, half).then((bytes) => Component.compile(bytes, limited)),
    ).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      data: { limit: 'tableElements', value: 1_200, max: 1_000 },
    })
  })

  it('count for each instance of a module', async () => {
    const twice = { tables: '(table 400 600 funcref)', instances: 2 }
    const compiled = await Component.compile(await component(twice), limited)
    expect(() => compiled.instantiate({}, limits)).toThrow(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        data: { limit: 'tableElements', value: 1_200, max: 1_000 },
      }),
    )
  })
})
