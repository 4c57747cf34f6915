import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inUnit } from '../table.mjs'
import { wasiEngines } from './engines.mjs'

const PROGRAM = fileURLToPath(new URL('first.mjs', import.meta.url))

/** As many as a command does that reads a project. */
const TIMES = 200

const rows = [
  { name: `first ${TIMES} of open, read 4 KiB, close`, needs: 'openRead' },
  { name: `first ${TIMES} of stat`, needs: 'stat' },
  { name: `first ${TIMES} of readdir of 1,000 entries`, needs: 'readdir' },
]

/**
 * What files cost at first: a process for each sample, the engines in turns, the least of several.
 *
 * @param {{ only: string, quick: boolean }} options
 * @returns {Promise<{ name: string, unit: 'µs', ours: number, peers: Record<string, number> }[]>}
 */
export async function firstRows(guests, folder, { only, quick }) {
  const place = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-bench-'))
  try {
    for (const [name, bytes] of Object.entries(guests)) writeFileSync(path.join(place, `${name}.wasm`), bytes)
    const results = []
    for (const { name, needs } of rows)
      if (name.includes(only))
        results.push({ name, unit: 'µs', ...(await least([needs, TIMES, place, folder], quick ? 1 : 5)) })
    return results
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function least(args, samples) {
  const figures = Object.fromEntries(Object.keys(wasiEngines).map((kind) => [kind, Number.POSITIVE_INFINITY]))
  for (let i = 0; i < samples; i++)
    for (const kind of Object.keys(figures))
      figures[kind] = Math.min(figures[kind], await figure([kind, ...args.map(String)]))
  const { ours, ...peers } = Object.fromEntries(
    Object.entries(figures).map(([kind, ns]) => [kind, inUnit(ns, 'µs')]),
  )
  return { ours, peers }
}

async function figure(args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', PROGRAM, ...args])
  return Number(stdout)
}
