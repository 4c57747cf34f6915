import { spawn } from 'node:child_process'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { guests } from '../guests.mjs'
import { series } from './series.mjs'

const STEP = fileURLToPath(new URL('step.mjs', import.meta.url))

/**
 * How time, memory and threads grow with the number of plugins, callers, bytes and calls.
 *
 * @param {{ only: string, quick: boolean }} options
 * @returns {Promise<Growth[]>}
 *
 * @typedef {object} Growth
 * @property {string} name of the series
 * @property {string} of what the time of one is of
 * @property {string} engine
 * @property {Step[]} steps
 * @property {number | null} slope of the time over the last two steps: 1 is linear, 0 is constant
 *
 * @typedef {{ n: number, ms: number, each: number, rssMb: number, threads: number | null }} Step `each` in microseconds
 */
export async function growths({ only, quick }) {
  const { component, extism } = await guests()
  const given = JSON.stringify({ component: base64(component), extism: base64(extism) })
  const results = []
  for (const { name, steps, of, each } of series) {
    if (!name.includes(only)) continue
    for (const [engine, all] of Object.entries(steps)) {
      const taken = []
      for (const n of quick ? all.slice(0, 2) : all) {
        const { ms, rssMb, threads } = await step([name, engine, String(n)], given)
        taken.push({ n, ms: short(ms), each: short((ms * 1e3) / each(n)), rssMb: Math.round(rssMb), threads })
        process.stderr.write(`${name}, ${engine}: ${n}\n`)
      }
      results.push({ name, of, engine, steps: taken, slope: slope(taken) })
    }
  }
  return results
}

async function step(args, given) {
  const child = spawn(process.execPath, ['--no-warnings', '--expose-gc', STEP, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(given)
  return json(child.stdout)
}

function slope(steps) {
  const [from, to] = steps.slice(-2)
  if (to === undefined) return null
  return Number((Math.log(to.ms / from.ms) / Math.log(to.n / from.n)).toFixed(2))
}

function short(value) {
  return Number(value.toPrecision(3))
}

function base64(bytes) {
  return Buffer.from(bytes).toString('base64')
}
