import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { wrk } from '../wrk.mjs'

const KINDS = ['plain', 'good', 'hostile']
const CONNECTIONS = 32

/**
 * The same web server without plugins, with one that answers, and with one that misbehaves beside it, under `wrk`.
 *
 * @param {{ quick: boolean }} options
 * @returns {Promise<{ name: string, perSecond: number, p50Ms: number, p99Ms: number, errors: number }[]>}
 */
export async function serverRows({ quick }) {
  const rows = []
  for (const kind of KINDS) rows.push({ name: `server: ${kind}`, ...(await measured(kind, quick ? 1 : 10)) })
  return rows
}

async function measured(kind, seconds) {
  const app = spawn(process.execPath, [fileURLToPath(new URL('app.mjs', import.meta.url)), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [port] = await once(createInterface(app.stdout), 'line')
    const url = `http://127.0.0.1:${port}/ada`
    await wrk(url, { connections: CONNECTIONS, seconds: 1 })
    return await wrk(url, { connections: CONNECTIONS, seconds })
  } finally {
    app.kill()
    await once(app, 'exit')
  }
}
