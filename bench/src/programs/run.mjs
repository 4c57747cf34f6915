import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inUnit } from '../table.mjs'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))

/** Threads that are started in a process, besides the first. */
const THREADS = 8

/** What a whole process takes, in time or memory, and the kinds of `program.mjs` that are compared. */
const rows = [
  { name: 'fresh process to first call, inline', unit: 'ms', kinds: { ours: 'inline', raw: 'raw' } },
  {
    name: 'fresh process to first call, thread',
    unit: 'ms',
    kinds: { ours: 'thread', worker: 'worker', extism: 'extism' },
  },
  {
    name: 'RSS of a threaded plugin',
    unit: 'MB',
    kinds: { ours: 'thread', worker: 'worker', extism: 'extism' },
  },
]

/**
 * Runs programs in turns, the least of several each.
 *
 * @param {{ only: string, quick: boolean }} options
 * @returns {Promise<{ name: string, unit: 'ms' | 'MB', ours: number, peers: Record<string, number | null> }[]>}
 */
export async function programRows(guests, { only, quick }) {
  const wanted = rows.filter(({ name }) => name.includes(only))
  const folder = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-bench-'))
  try {
    for (const [name, bytes] of Object.entries(guests))
      writeFileSync(path.join(folder, `${name}.wasm`), bytes)
    const results = []
    for (const row of wanted) results.push(await measured(row, folder, quick ? 1 : 7))
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured({ name, unit, kinds }, folder, samples) {
  const least = Object.fromEntries(
    Object.keys(kinds).map((contender) => [contender, Number.POSITIVE_INFINITY]),
  )
  for (let i = 0; i < samples; i++)
    for (const [contender, kind] of Object.entries(kinds))
      least[contender] = Math.min(least[contender], await figure(unit, kind, folder))
  const { ours, ...peers } = Object.fromEntries(
    Object.entries(least).map(([contender, value]) => [contender, inUnit(value, unit)]),
  )
  return { name, unit, ours, peers: { raw: null, worker: null, extism: null, ...peers } }
}

/** Nanoseconds from the start of a process to its end, or bytes for each of its threads. */
async function figure(unit, kind, folder) {
  const start = process.hrtime.bigint()
  const args =
    unit === 'ms' ? [PROGRAM, kind, folder] : ['--expose-gc', PROGRAM, kind, folder, String(THREADS)]
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', ...args])
  return unit === 'ms' ? Number(process.hrtime.bigint() - start) : Number(stdout)
}
