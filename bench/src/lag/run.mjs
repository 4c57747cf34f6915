import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { exporting, floodGuest, guests, wasiGuests } from '../guests.mjs'
import { inUnit } from '../table.mjs'
import { floods } from './floods.mjs'
import { lagOf } from './meter.mjs'
import { startFlooding } from './server.mjs'

/** The most exports, and nearly the largest file, that the default limits let pass. */
const EXPORTS = 9_900
const LARGE = 60_000_000
/** Of a plugin that asks servers. */
const INSTANCES = 4

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
    const { component: asking } = await wasiGuests()
    const components = {
      exports: await exporting(EXPORTS),
      large: (await guests(quick ? 0 : LARGE)).component,
    }
    const results = []
    for (const flood of wanted)
      results.push(await measured(flood, { guest, asking, components, ms: quick ? 50 : 3_000 }))
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(flood, context) {
  const host = await createHost()
  const hear = () => {}
  for (const event of ['log', 'allowed', 'denied', 'call', 'fault']) host.on(event, hear)
  const { p99, longest, late } = await wayOf(flood)(flood, { ...context, host })
  await host.close()
  return {
    name: flood.name,
    unit: 'ms',
    p99: ms(p99),
    longest: ms(longest),
    late: late === null ? null : ms(late),
  }
}

function wayOf({ answer, load }) {
  if (answer !== undefined) return answers
  return load === undefined ? calls : loads
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

/** What a call ends with, if not with its time, is an answer of which there was too much. */
async function answers({ answer }, { host, asking, ms }) {
  const server = await startFlooding(answer)
  const net = [`http://${server.authority}`]
  const plugin = await host.load(asking, { grants: { net }, pool: { instances: INSTANCES } })
  let late = 0
  const lag = await lagOf(async () => {
    const deadline = performance.now() + ms
    const ask = async () => {
      for (let left = ms; left > 0; left = deadline - performance.now())
        await plugin
          .call('bench:wasi/api#get', [server.authority, 1], { timeoutMs: Math.ceil(left) })
          .catch(() => {})
      late = Math.max(late, performance.now() - deadline)
    }
    await Promise.all(Array.from({ length: INSTANCES }, ask))
  })
  await server.close()
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
