// Measures this runtime and its peers in one run, on the same core modules.
// Usage: npm run bench -- [--json FILE] [--quick] [--only TEXT]
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { extism } from './engines/extism.mjs'
import { jco } from './engines/jco.mjs'
import { ours } from './engines/ours.mjs'
import { raw } from './engines/raw.mjs'
import { vscode } from './engines/vscode.mjs'
import { guests, LOAD_SIZES } from './guests.mjs'
import { measure } from './measure.mjs'
import { rows } from './rows.mjs'
import { inUnit, table } from './table.mjs'

const { values: options } = parseArgs({
  options: {
    /** Where to write the figures. */
    json: { type: 'string' },
    /** One short sample each: says that everything runs, not how fast. */
    quick: { type: 'boolean', default: false },
    /** Only rows whose name has this in it. */
    only: { type: 'string', default: '' },
  },
})

const engines = { ours, raw, jco, extism, vscode }

let logged = 0
const host = {
  add: (a, b) => (a + b) >>> 0,
  log: (message) => {
    logged += message.length
  },
}

const small = await guests()
const padded = {}
for (const [name, size] of Object.entries(LOAD_SIZES)) padded[name] = await guests(size)
const running = new Map()
for (const [name, start] of Object.entries(engines)) running.set(name, await start(small, host))

const results = []
for (const row of rows(padded)) {
  if (row.name.includes(options.only)) results.push(await result(row))
}
console.log(table(results))
console.log(
  `\nNode ${process.versions.node}; least of several samples; in brackets: times ours. raw: the core module`,
)
console.log('called by hand, without any check. extism: bytes in and out, its scalar call has no values.')
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`)
if (logged === 0 && options.only === '') throw new Error('the guests never called the host')

async function result(row) {
  const contenders = []
  for (const [name, engine] of running) {
    if (engine[row.needs] === undefined) continue
    const call = row.call(engine)
    const isAsync = row.isAsync ?? engine.isAsync ?? false
    row.before?.()
    const first = isAsync ? await call() : call()
    if (row.isRight !== undefined && !row.isRight(first)) throw new Error(`${name} is wrong: ${row.name}`)
    contenders.push({ name, call, isAsync, before: row.before, between: engine.between })
  }
  const full = { samples: row.samples ?? 15, sampleMs: row.samples === undefined ? 4 : 1 }
  const figures = await measure(contenders, options.quick ? { samples: 1, sampleMs: 0.1 } : full)
  const figureOf = (name) => {
    const index = contenders.findIndex((contender) => contender.name === name)
    return index < 0 ? null : inUnit(figures[index] / (row.repeats ?? 1), row.unit)
  }
  const peers = {
    raw: figureOf('raw'),
    jco: figureOf('jco'),
    extism: figureOf('extism'),
    vscode: figureOf('vscode'),
  }
  return { name: row.name, unit: row.unit, ours: figureOf('ours'), peers }
}
