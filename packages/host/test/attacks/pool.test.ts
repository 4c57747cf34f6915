import { createHost, type Host, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, guest } from '../helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
let host: Host

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'x' } }
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => (PluginError.is(error) ? error.code : error),
  )

describe('calls that give up do not take the turn of others', () => {
  it('when the next in the queue is aborted at the moment that the instance is free', async () => {
    const plugin = await host.load(kitchen, { imports, limits: { timeoutMs: 60_000 } })
    const controller = new AbortController()
    // The event comes between the end of a call and the start of the next.
    host.once('call', () => controller.abort())
    const first = plugin.exports[API].count()
    const second = codeOf(plugin.call(`${API}#count`, [], { signal: controller.signal }))
    const third = plugin.exports[API].count()
    expect(await first).toBe(1)
    // On the lane of a thread the second one may have run by then, and its answer be there.
    expect(['CALL_ABORTED', { value: 2 }]).toContainEqual(await second)
    expect([2, 3]).toContain(await third)
  })

  it('when the call that an instance was started for is aborted while it starts', async () => {
    const plugin = await host.load(kitchen, { imports, limits: { timeoutMs: 60_000 } })
    expect(await codeOf(plugin.call(`${API}#spin`, [], { timeoutMs: 50 }))).toBe('DEADLINE_EXCEEDED')
    const controller = new AbortController()
    const starter = codeOf(plugin.call(`${API}#count`, [], { signal: controller.signal }))
    const waiting = plugin.exports[API].count()
    controller.abort()
    expect(await starter).toBe('CALL_ABORTED')
    expect(await waiting).toBe(1)
  })

  it('a queue of no places still starts instances up to the limit', async () => {
    const plugin = await host.load(kitchen, { imports, pool: { instances: 2, queue: 0 } })
    const long = () => codeOf(plugin.call(`${API}#spin`, [], { timeoutMs: 1_000 }))
    const codes = await Promise.all([long(), long(), long()])
    expect(codes).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'POOL_SATURATED'])
  })
})

describe('a host function that calls the plugin that called it', () => {
  attack(
    'E9',
    'Is called again by a function of the application that it called',
    'that call is refused at once with a code; the plugin lives',
    async () => {
      const again: Promise<unknown>[] = []
      const calling = {
        'test:kitchen/host': {
          say() {},
          lookUp() {
            const call = codeOf(plugin.exports[API].count())
            again.push(call)
            return call
          },
        },
      }
      const plugin = await host.load(kitchen, { imports: calling, limits: { timeoutMs: 60_000 } })
      expect(await plugin.exports[API].lookUp('a')).toBe('CALL_DEADLOCK')
      await Promise.all(again)
      expect(await plugin.call(`${API}#add`, [1, 1], { timeoutMs: 10_000 })).toBe(2)
    },
  )

  attack('E10', 'Is called again inline, to get new fuel', 'refused', async () => {
    const bytes = await assemble(`(component
      (import "ping" (func $ping))
      (core func $ping (canon lower (func $ping)))
      (core module $m
        (import "host" "ping" (func $ping))
        (func (export "run") (loop $l (call $ping) (br $l)))
        (func (export "nothing")))
      (core instance $i (instantiate $m (with "host" (instance (export "ping" (func $ping))))))
      (func (export "run") (canon lift (core func $i "run")))
      (func (export "nothing") (canon lift (core func $i "nothing"))))`)
    const codes = new Set<unknown>()
    let pings = 0
    const ping = () => {
      if (++pings > 1_000_000) throw new Error('the fuel does not run out')
      try {
        plugin.exports.nothing()
      } catch (error) {
        codes.add(PluginError.is(error) && error.code)
      }
    }
    const plugin = await host.load(bytes, {
      imports: { ping },
      isolation: 'inline',
      limits: { fuel: 10_000 },
    })
    const run = async () => plugin.exports.run()
    expect(await codeOf(run())).toBe('OUT_OF_FUEL')
    expect([...codes]).toEqual(['CANNOT_ENTER'])
    plugin.exports.nothing()
  })
})
