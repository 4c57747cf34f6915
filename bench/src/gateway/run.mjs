import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { wrk } from '../wrk.mjs'
import { builtGuests } from './guests.mjs'
import { residentMb } from './memory.mjs'
import { scenarios } from './scenarios.mjs'
import { start } from './systems.mjs'

/**
 * @typedef {{
 *   name: string, system: string, perSecond: number, p50Ms: number, p99Ms: number, errors: number, rssMb: number | null,
 *   times: Record<string, number>,
 * }} GatewayRow `times`: requests per second, as a multiple of what another server has in the same scenario
 */

/**
 * Plugins that answer HTTP, and the same by other servers, under `wrk`. A server that this machine does not have has no row.
 *
 * @param {{ quick: boolean, only: string }} options
 * @returns {Promise<GatewayRow[]>}
 */
export async function gatewayRows({ quick, only }) {
  // What ends the bench ends its servers, which are in groups of their own.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const chosen = scenarios.filter(({ name }) => name.includes(only))
  const needsPage = chosen.some(({ name }) => name === 'WAGI')
  const guests = await builtGuests({ needsSite: chosen.some(({ name }) => name !== 'WAGI'), needsPage })
  const rows = []
  try {
    for (const scenario of chosen)
      for (const connections of quick ? [1] : scenario.connections)
        rows.push(...(await compared(scenario, { guests, connections, quick })))
  } finally {
    await guests[Symbol.asyncDispose]()
  }
  return rows
}

/** One after the other, in the same minute. */
async function compared(scenario, { guests, connections, quick }) {
  const rows = []
  for (const system of scenario.systems) {
    const server = await start(system, guests)
    if (server === undefined) continue
    try {
      const figures = await loaded(server, scenario, { folder: guests.folder, connections, quick })
      rows.push({ name: `${scenario.name}, ${connections}`, system, ...figures })
    } finally {
      await server.stop()
    }
  }
  return rows.map((row) => ({ ...row, times: timesOf(row, rows, scenario) }))
}

async function loaded({ port, pids }, { path: at, method, body }, { folder, connections, quick }) {
  const url = `http://127.0.0.1:${port}${at}`
  const script = body === undefined ? undefined : await scriptOf(folder, { method, body: body() })
  const answer = await fetch(url, { method, body: body?.() })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`)
  const load = { connections, script }
  await wrk(url, { ...load, seconds: quick ? 1 : WARM_SECONDS })
  const figures = await wrk(url, { ...load, seconds: quick ? 1 : SECONDS })
  if (script !== undefined) await rm(script)
  return { ...figures, rssMb: await residentMb(pids) }
}

const WARM_SECONDS = 2
const SECONDS = 4

/** The body in a file of its own: what Lua says of text is none of ours. */
async function scriptOf(folder, { method, body }) {
  const file = path.join(folder, 'load.lua')
  await writeFile(`${file}.body`, body)
  await writeFile(
    file,
    `local file = io.open("${file}.body", "rb")\nwrk.method = "${method}"\nwrk.body = file:read("*a")\n`,
  )
  return file
}

function timesOf({ perSecond }, rows, { beside }) {
  const of = (name) => {
    if (name !== FASTEST) return rows.find(({ system }) => system === name)?.perSecond
    return Math.max(...rows.filter(({ system }) => system !== 'wagi').map((row) => row.perSecond))
  }
  return Object.fromEntries(
    beside.flatMap((name) => {
      const other = of(name)
      return other > 0 ? [[name, Number((perSecond / other).toPrecision(2))]] : []
    }),
  )
}

const FASTEST = 'the fastest of CGI'
