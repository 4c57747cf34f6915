import { createHost, type Host } from '@wasm-plugin/host'
import { PluginError } from '@wasm-plugin/runtime'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, guest } from '../helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
let host: Host
const rejections: unknown[] = []
process.on('unhandledRejection', (reason) => rejections.push(reason))

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  rejections.length = 0
  host = await createHost()
})
afterEach(async () => {
  await host.close()
  expect(rejections).toEqual([])
})

const hostile = () =>
  new Proxy(
    {},
    {
      get() {
        throw new Error('trap')
      },
      getPrototypeOf() {
        throw new Error('trap')
      },
    },
  )
const chain = () => {
  const error = new PluginError({ code: 'X', message: 'm', hint: 'h', origin: 'app' })
  Object.defineProperty(error, 'cause', { value: error })
  return error
}
const uncloneable = () =>
  new PluginError({ code: 'X', message: 'm', hint: 'h', origin: 'app', data: { f() {} } })

describe.each([
  ['null', () => null],
  ['undefined', () => undefined],
  ['a symbol', () => Symbol('s')],
  ['an object without a prototype', () => Object.create(null)],
  ['a proxy that throws', hostile],
  ['an error that is its own cause', chain],
  ['an error that cannot be cloned', uncloneable],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['something with a text that throws', () => ({ toString: hostile })],
  // biome-ignore lint/suspicious/noThenProperty: the attack.
  ['a thenable', () => ({ then: (done: (v: string) => void) => done('x') })],
])('a host function that throws %s', (_, make) => {
  it.each(['worker', 'inline'] as const)('fails its call and nothing else (%s)', async (isolation) => {
    const imports = {
      'test:kitchen/host': {
        say() {},
        lookUp(key: string) {
          if (key === 'throw') throw make()
          return 'fine'
        },
      },
    }
    const plugin = await host.load(kitchen, {
      imports,
      isolation: isolation as 'worker',
      limits: { timeoutMs: 10_000 },
    })
    const call = async () => plugin.exports[API].lookUp('throw')
    await expect(call()).rejects.toSatisfy((e) => PluginError.is(e) && e.code !== 'DEADLINE_EXCEEDED')
    expect(await plugin.exports[API].lookUp('again')).toBe('fine')
  })
})

attack(
  'D1',
  'Imports `call`, `apply` or `to-string` of an object of the application',
  'refused when it is loaded',
  async () => {
    const wants = (name: string) =>
      assemble(`(component
      (import "test:names/host" (instance $h (export "${name}" (func))))
      (core func $f (canon lower (func $h "${name}")))
      (core module $m (import "h" "f" (func $f)) (func (export "run") (call $f)))
      (core instance $i (instantiate $m (with "h" (instance (export "f" (func $f))))))
      (func (export "run") (canon lift (core func $i "run"))))`)
    class Service {
      log() {}
    }
    function service() {}
    for (const name of ['constructor', 'to-string', 'value-of', 'call', 'apply', 'bind', 'has-own-property'])
      for (const value of [{}, new Service(), service])
        await expect(
          host.load(await wants(name), { imports: { 'test:names/host': value } }),
        ).rejects.toMatchObject({ code: 'HOST_FUNCTION_MISSING' })
  },
)
