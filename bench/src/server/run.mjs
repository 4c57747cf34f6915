import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

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
    await wrk(url, 1)
    return await wrk(url, seconds)
  } finally {
    app.kill()
    await once(app, 'exit')
  }
}

async function wrk(url, seconds) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url]
  const { stdout } = await promisify(execFile)('wrk', args).catch((error) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error('there is no wrk: run `apt-get install wrk`')
  })
  return {
    perSecond: Number(found(stdout, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(found(stdout, /^\s+50%\s+(\S+)$/m)),
    p99Ms: milliseconds(found(stdout, /^\s+99%\s+(\S+)$/m)),
    errors: Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0),
  }
}

function found(text, pattern) {
  const match = text.match(pattern)
  if (match === null) throw new Error(`wrk said something else:\n${text}`)
  return match[1]
}

const UNITS = { us: 1e-3, ms: 1, s: 1e3 }

function milliseconds(text) {
  const [, number, unit] = text.match(/^([\d.]+)(us|ms|s)$/)
  return Number((Number(number) * UNITS[unit]).toPrecision(3))
}
