import { measure } from './measure.mjs'
import { inUnit } from './table.mjs'

/**
 * One row of every engine that has what it needs, ours first.
 *
 * @param {import('./rows.mjs').Row} row
 * @param {Map<string, import('./rows.mjs').Engine>} engines
 * @param {{ quick: boolean }} options
 */
export async function compare(row, engines, { quick }) {
  const contenders = []
  for (const [name, engine] of engines) {
    if (engine[row.needs] === undefined) continue
    const call = row.call(engine)
    const isAsync = row.isAsync ?? engine.isAsync ?? false
    await row.before?.()
    const first = isAsync ? await call() : call()
    if (row.isRight !== undefined && !row.isRight(first)) throw new Error(`${name} is wrong: ${row.name}`)
    contenders.push({ name, call, isAsync, before: row.before, between: engine.between })
  }
  const full = { samples: row.samples ?? 15, sampleMs: row.samples === undefined ? 4 : 1 }
  const figures = await measure(contenders, quick ? { samples: 1, sampleMs: 0.1 } : full)
  const figureOf = (name) => {
    const index = contenders.findIndex((contender) => contender.name === name)
    return index < 0 ? null : inUnit(figures[index] / (row.repeats ?? 1), row.unit)
  }
  const peers = [...engines.keys()].filter((name) => name !== 'ours')
  return {
    name: row.name,
    unit: row.unit,
    ours: figureOf('ours'),
    peers: Object.fromEntries(peers.map((name) => [name, figureOf(name)])),
  }
}
