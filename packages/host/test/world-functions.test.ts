import { createHost } from '@wasm-plugin/host'
import { describe, expect, it } from 'vitest'
import { guest } from './helpers/guests.js'

describe.each(['worker', 'inline'] as const)('functions of the world itself, %s', (isolation) => {
  it.each(['tellMore', 'tell-more'])('are given as %s', async (name) => {
    await using host = await createHost()
    const imports = { [name]: (n: number) => n + 1 }
    const plugin = await host.load(await guest('world-functions'), { isolation, imports })
    const exports = plugin.exports as unknown as { goOn(n: number): unknown }
    expect(await exports.goOn(1)).toBe(2)
  })
})
