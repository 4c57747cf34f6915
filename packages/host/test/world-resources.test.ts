import { createHost, type Host, type Isolation } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attack } from './helpers/attack.js'
import { assemble, outcomeOf } from './helpers/guests.js'

// A resource of the world itself, and one without functions.
const SHOP = assemble(`(component
  (import "basket" (type $basket (sub resource)))
  (import "[constructor]basket" (func $new' (param "cents" u32) (result (own $basket))))
  (import "[method]basket.add-more" (func $add' (param "self" (borrow $basket)) (param "cents" u32)))
  (import "[method]basket.total" (func $total' (param "self" (borrow $basket)) (result u32)))
  (import "[static]basket.empty" (func $empty' (result (own $basket))))
  (import "token" (type $token (sub resource)))
  (import "count-tokens" (func $count' (param "all" (borrow $token)) (result u32)))
  (core func $new (canon lower (func $new')))
  (core func $add (canon lower (func $add')))
  (core func $total (canon lower (func $total')))
  (core func $empty (canon lower (func $empty')))
  (core func $count (canon lower (func $count')))
  (core func $drop (canon resource.drop $basket))
  (core func $drop-token (canon resource.drop $token))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "add" (func $add (param i32 i32)))
    (import "" "total" (func $total (param i32) (result i32)))
    (import "" "empty" (func $empty (result i32)))
    (import "" "count" (func $count (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "drop-token" (func $drop-token (param i32)))
    (func (export "price") (param i32) (result i32)
      (call $total (local.get 0))
      (call $drop (local.get 0)))
    (func (export "refill") (param i32) (result i32) (local $made i32)
      (local.set $made (call $new (call $total (local.get 0))))
      (call $drop (local.get 0))
      (call $add (local.get $made) (i32.const 5))
      (local.get $made))
    (func (export "start") (result i32) (call $empty))
    (func (export "pay") (param i32) (result i32)
      (call $count (local.get 0))
      (call $drop-token (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance
    (export "new" (func $new)) (export "add" (func $add)) (export "total" (func $total)) (export "empty" (func $empty))
    (export "count" (func $count)) (export "drop" (func $drop)) (export "drop-token" (func $drop-token))))))
  (func (export "price") (param "basket" (borrow $basket)) (result u32) (canon lift (core func $i "price")))
  (func (export "refill") (param "basket" (own $basket)) (result (own $basket)) (canon lift (core func $i "refill")))
  (func (export "start") (result (own $basket)) (canon lift (core func $i "start")))
  (func (export "pay") (param "with" (own $token)) (result u32) (canon lift (core func $i "pay"))))`)

type Exports = Record<'price' | 'refill' | 'start' | 'pay', (...args: unknown[]) => unknown>

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

function makeBasket() {
  const dropped: number[] = []
  class Basket {
    constructor(public cents: number) {}
    addMore(cents: number): void {
      this.cents += cents
    }
    total(): number {
      return this.cents
    }
    static empty(): Basket {
      return new Basket(0)
    }
    [Symbol.dispose](): void {
      dropped.push(this.cents)
    }
  }
  return { Basket, dropped }
}

const countTokens = (token: object) => Object.keys(token).length

describe.each(['worker', 'inline'] satisfies Isolation[])('resources of the world, %s', (isolation) => {
  const load = async (imports: Record<string, unknown>) => {
    const plugin = await host.load(await SHOP, { name: 'shop', isolation, imports })
    return plugin.exports as unknown as Exports
  }

  it('are classes that the application gives by their names, beside the functions of the world', async () => {
    const { Basket, dropped } = makeBasket()
    const { price, refill, start } = await load({ Basket, countTokens })
    const basket = new Basket(7)
    expect(await price(basket)).toBe(7)
    const filled = (await refill(basket)) as InstanceType<typeof Basket>
    expect(filled).toBeInstanceOf(Basket)
    expect([filled.cents, dropped]).toEqual([12, [7]])
    expect(await start()).toEqual(new Basket(0))
  })

  it('need no class where nothing can be called of them: any object goes', async () => {
    const { pay } = await load({ Basket: makeBasket().Basket, countTokens })
    expect(await pay({ a: 1, b: 2 })).toBe(2)
  })

  it('are refused by name when the application does not give them, or not all of one', async () => {
    await expect(load({ countTokens })).rejects.toMatchObject({
      code: 'IMPORT_NOT_GRANTED',
      data: { name: 'basket' },
      hint: 'Provide its class: `imports: { Basket: class { … } }`.',
    })
    await expect(load({ Basket: makeBasket().Basket })).rejects.toMatchObject({
      code: 'IMPORT_NOT_GRANTED',
      hint: 'Provide it: `imports: { countTokens(…) { … } }`.',
    })
    class Basket {
      addMore() {}
    }
    await expect(load({ Basket, countTokens })).rejects.toMatchObject({
      code: isolation === 'worker' ? 'HOST_FUNCTION_MISSING' : 'MISSING_IMPORT',
    })
  })
})

describe('a resource of the world', () => {
  attack(
    'D70',
    'Calls a resource of its world as the application calls a function, to have that run by `new` or its members called',
    'a class is found by its own name alone, and members that every function has are no members of it',
    async () => {
      let calls = 0
      const log = () => {
        calls++
      }
      const members = [
        '[method]log.constructor',
        '[method]log.to-string',
        '[static]log.call',
        '[static]log.bind',
      ]
      for (const member of members) {
        const self = member.startsWith('[method]') ? '(param "self" (borrow $log))' : ''
        const bytes = await assemble(
          `(component (import "log" (type $log (sub resource))) (import "${member}" (func ${self})))`,
        )
        for (const isolation of ['worker', 'inline'] as const) {
          const load = (imports: Record<string, unknown>) =>
            outcomeOf(host.load(bytes, { isolation, imports }))
          expect([member, await load({ log })]).toEqual([member, 'IMPORT_NOT_GRANTED'])
          const missing = isolation === 'worker' ? 'HOST_FUNCTION_MISSING' : 'MISSING_IMPORT'
          expect([member, await load({ log, Log: class {} })]).toEqual([member, missing])
        }
      }
      expect(calls).toBe(0)
    },
  )
})
