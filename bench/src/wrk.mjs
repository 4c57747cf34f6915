import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Loads a server for some seconds, and says how it answered.
 *
 * @param {string} url
 * @param {{ connections: number, seconds: number, script?: string }} load `script` is a file in Lua
 * @returns {Promise<{ perSecond: number, p50Ms: number, p99Ms: number, errors: number }>} errors: answers that are none of
 *   success, and connections that broke
 */
export async function wrk(url, { connections, seconds, script }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '--latency']
  const scripted = script === undefined ? [] : ['-s', script]
  const { stdout } = await promisify(execFile)('wrk', [...args, ...scripted, url]).catch((error) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error('there is no wrk: run `apt-get install wrk`')
  })
  return {
    perSecond: Number(found(stdout, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(found(stdout, /^\s+50%\s+(\S+)\s*$/m)),
    p99Ms: milliseconds(found(stdout, /^\s+99%\s+(\S+)\s*$/m)),
    errors: Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0) + broken(stdout),
  }
}

function found(text, pattern) {
  const match = text.match(pattern)
  if (match === null) throw new Error(`wrk said something else:\n${text}`)
  return match[1]
}

function broken(text) {
  const match = text.match(/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/) ?? []
  return match.slice(1).reduce((sum, count) => sum + Number(count), 0)
}

const UNITS = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 }

function milliseconds(text) {
  const [, number, unit] = text.match(/^([\d.]+)(us|ms|s|m)$/)
  return Number((Number(number) * UNITS[unit]).toPrecision(3))
}
