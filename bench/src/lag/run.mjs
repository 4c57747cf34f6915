import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { exporting, floodGuest, guests } from '../guests.mjs'
import { inUnit } from '../table.mjs'
import { floods } from './floods.mjs'
import { lagOf } from './meter.mjs'

/** The most exports, and nearly the largest file, that the default limits let pass. */
const EXPORTS = 9_900
const LARGE = 60_000_000

/**
 * Floods the application in every way, each for some time.
 *
 * @param {{ only: string, quick: boolean }} options
 * @returns {Promise<{ name: string, unit: 'ms', p99: number, longest: number, late: number | null }[]>} `late` is how long
 *   after its deadline the last call ended
 */
export async function lagRows({ only, quick }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-lag-'))
  try {
    const wanted = floods(folder).filter(({ name }) => name.includes(only))
    if (wanted.length === 0) return []
    const guest = await floodGuest()
    const components = {
      exports: await exporting(EXPORTS),
      large: (await guests(quick ? 0 : LARGE)).component,
    }
    const results = []
    for (const flood of wanted)
      results.push(await measured(flood, { guest, components, ms: quick ? 50 : 3_000 }))
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(flood, context) {
  const host = await createHost()
  const hear = () => {}
  for (const event of ['log', 'allowed', 'denied', 'call', 'fault']) host.on(event, hear)
  const { p99, longest, late } = await (flood.load === undefined ? calls : loads)(flood, { ...context, host })
  await host.close()
  return {
    name: flood.name,
    unit: 'ms',
    p99: ms(p99),
    longest: ms(longest),
    late: late === null ? null : ms(late),
  }
}

function ms(value) {
  return inUnit(value * 1e6, 'ms')
}

async function calls({ options, lists, before, call }, { host, guest, ms }) {
  const plugin = await host.load(guest, {
    ...options,
    imports: { 'bench:floods/host': hostFunctions(lists) },
  })
  const api = (name, args, callOptions) => plugin.call(`bench:floods/api#${name}`, args, callOptions)
  await before?.(api)
  let late = null
  const lag = await lagOf(async () => {
    const end = performance.now() + ms
    for (let left = ms; late === null; left = end - performance.now()) {
      const timeoutMs = Math.max(1, Math.ceil(left))
      const deadline = performance.now() + timeoutMs
      try {
        await call(api, { timeoutMs })
      } catch (error) {
        if (error.code !== 'DEADLINE_EXCEEDED') throw error
        late = Math.max(0, performance.now() - deadline)
      }
    }
  })
  return { ...lag, late }
}

async function loads({ load }, { host, components, ms }) {
  const lag = await lagOf(async () => {
    const end = performance.now() + ms
    do await (await load(host, components)).close?.()
    while (performance.now() < end)
  })
  return { ...lag, late: null }
}

/** What is given is there already: making it is the application's own work. */
function hostFunctions(lists = 0) {
  const given = Array.from({ length: lists }, () => [])
  return { say() {}, take() {}, give: () => given }
}
