import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessEvent } from '@wasm-plugin/host'
import { expect, it, onTestFinished } from 'vitest'
import { isBuilt, loadGuest } from '../helpers/guests.js'

it.skipIf(!isBuilt('rust'))(
  'every decision has the call in which it was asked for, wherever it is made',
  async () => {
    const server = createServer((_, response) => response.end('hello'))
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const { host, run } = await loadGuest('rust', {
      grants: {
        net: [`http://${authority}/yes`],
        keyvalue: { mine: {} },
        fs: [{ scratch: true, at: '/m' }],
      },
      pool: { instances: 2 },
    })
    const events: AccessEvent[] = []
    host.on('allowed', (event) => events.push(event)).on('denied', (event) => events.push(event))
    let calls: number[] = []
    host.on('call', ({ id }) => calls.push(id))
    for (const [capability, ...operation] of [
      ['net', 'http', 'GET', 'http', authority, '/yes'],
      ['net', 'http', 'GET', 'http', authority, '/no'],
      ['keyvalue', 'store-set', 'mine', 'key'],
      ['keyvalue', 'store-get', 'other', 'key'],
      ['fs', 'read-file', '/m/no'],
    ] as const) {
      events.length = 0
      calls = []
      await run(...(operation as unknown as [string, ...string[]]))
      expect(calls).toHaveLength(1)
      expect([operation, events]).not.toEqual([operation, []])
      for (const event of events) expect(event).toMatchObject({ capability, call: calls[0] })
    }
  },
)
