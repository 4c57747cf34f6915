import { createHost, type LogEvent } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { keeper, noRust, runs } from '../helpers/keeper.js'
import { openWasi } from '../helpers/wasi.js'

describe.skipIf(noRust)('E: a plugin that prints a million newlines', () => {
  const load = async (isolation: 'worker' | 'inline') => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const events: LogEvent[] = []
    host.on('log', (event) => events.push(event))
    const grants = { stdio: { bytesPerSecond: 1 << 20 } }
    // Overloads: the literal decides which plugin it is.
    const plugin =
      isolation === 'inline'
        ? await host.load(keeper(), { grants, isolation, limits: { fuel: 1e12 } })
        : await host.load(keeper(), { grants, limits: { timeoutMs: 1_500 } })
    return { run: runs(plugin.exports), events }
  }

  it('waits for its turn in a thread of its own, until its deadline', async () => {
    const { run, events } = await load('worker')
    await expect(run('print', '\n', String(1 << 20))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    // One second's worth at once, then the rate; a line costs 128 bytes.
    expect(events.length).toBeGreaterThan(0)
    expect(events.length).toBeLessThan(100_000)
  })

  it('has lines left out and counted in the thread of the application', async () => {
    const { run, events } = await load('inline')
    expect(await run('print', '\n', String(1 << 20))).toBe('printed')
    expect(events.length).toBeLessThan(100_000)
    // The next line that its turn comes for tells of them.
    let told: typeof events = []
    let later = 0
    for (; told.length === 0; later++) {
      await run('print', 'later\n', '1')
      told = events.filter(({ level }) => level === 'warn')
    }
    const out = told.reduce(
      (sum, { message }) => sum + Number(/^\((\d+) lines left out/.exec(message)?.[1]),
      0,
    )
    expect(events.length - told.length + out).toBe((1 << 20) + later)
  })
})

attack('E12', 'Floods the log of the application', 'slowed down to the granted rate, line by line', () => {
  const { get, lines } = openWasi({ stdio: { bytesPerSecond: 1 << 20 } }, undefined, 10)
  get('wasi:logging/logging').log('info', '', '\n'.repeat(1 << 20))
  expect(lines.length).toBeLessThan(100_000)
})
