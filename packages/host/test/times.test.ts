import { createHost, type Host, PluginError, type ThreadLoadOptions } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { guest } from './helpers/guests.js'

/** The longest that a timer of Node waits; one that is to wait longer fires after 1 ms. */
const LONGEST = 2 ** 31 - 1
const imports = { 'test:kitchen/host': { say() {}, lookUp: (key: string) => key } }
let kitchen: Uint8Array
let host: Host

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

type Place = (ms: number) => Promise<unknown>
let loads = 0
const load = (options: ThreadLoadOptions) =>
  host.load(kitchen, { imports, name: `kitchen ${++loads}`, ...options })
const net = (key: string) => (ms: number) =>
  load({ grants: { net: { allow: ['https://a.example'], limits: { [key]: ms } } } })

const PLACES: [string, Place][] = [
  ['createHost.limits.timeoutMs', (timeoutMs) => createHost({ limits: { timeoutMs } })],
  ['createHost.limits.startMs', (startMs) => createHost({ limits: { startMs } })],
  ['load.limits.timeoutMs', (timeoutMs) => load({ limits: { timeoutMs } })],
  ['load.limits.startMs', (startMs) => load({ limits: { startMs } })],
  ['call.timeoutMs', async (timeoutMs) => (await load({})).with({ timeoutMs })],
  ...['connectTimeoutMs', 'firstByteTimeoutMs', 'betweenBytesTimeoutMs'].map((key): [string, Place] => [
    key,
    net(key),
  ]),
]

describe.each(PLACES)('%s', (_, set) => {
  it('is as long as a timer can wait, and no longer', async () => {
    await set(LONGEST)
    for (const ms of [LONGEST + 1, 30 * 24 * 3_600_000, Number.MAX_SAFE_INTEGER])
      await expect(set(ms)).rejects.toSatisfy(
        (error) => PluginError.is(error) && /^(OPTIONS|GRANTS)_INVALID$/.test(error.code),
      )
  })
})

it('answers within the longest time', async () => {
  const plugin = await load({ limits: { timeoutMs: LONGEST, startMs: LONGEST } })
  expect(await plugin.exports['test:kitchen/api'].add(1, 2)).toBe(3)
})

it.each([
  [0, 'it must be more than 0'],
  [-1, 'it must be more than 0'],
  [LONGEST + 1, 'over the maximum of 2147483647'],
  [Number.NaN, 'expected number, got NaN'],
  [Number.POSITIVE_INFINITY, 'expected number, got Infinity'],
  [1.5, 'expected int, got 1.5'],
  [null, 'expected number, got null'],
  ['5s', 'expected number, got string'],
  [1n, 'expected number, got bigint'],
  [[], 'expected number, got array'],
])('says what it found in the place of a time: %s', async (timeoutMs, reason) => {
  await expect(load({ limits: { timeoutMs: timeoutMs as number } })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: `invalid option load.limits.timeoutMs: ${reason}`,
  })
})
