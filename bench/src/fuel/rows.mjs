import { Component } from '@wasm-plugin/runtime'
import { measure } from '../measure.mjs'
import { inUnit } from '../table.mjs'
import { compilePrograms, NAMES } from './programs.mjs'

/** What the size of a program's work is: a fraction of a millisecond to some. */
const N = 400

/**
 * What metering costs the programs of `guests/programs.rs`: the one in the middle, and the one that pays most. No rows where
 * they cannot be compiled.
 *
 * @param {{ only: string, quick: boolean }} options
 */
export async function fuelRows({ only, quick }) {
  const wanted = ROWS.filter(({ name }) => name.includes(only))
  const compiled = wanted.length === 0 ? undefined : await compilePrograms()
  if (compiled === undefined) return { rows: [], each: '' }
  const programs = (await measured(compiled, quick)).sort((a, b) => a.cost - b.cost)
  const rows = wanted.map(({ name, at }) => {
    const { ours, raw } = programs[at]
    return { name, unit: 'µs', ours: inUnit(ours, 'µs'), peers: { raw: inUnit(raw, 'µs') } }
  })
  return { rows, each: programs.map(({ name, cost }) => `${name} ${percent(cost)}`).join(', ') }
}

const ROWS = [
  { name: `fuel: median of ${NAMES.length} programs`, at: (NAMES.length - 1) / 2 },
  { name: `fuel: worst of ${NAMES.length} programs`, at: NAMES.length - 1 },
]

async function measured({ core, component }, quick) {
  const metered = await Component.compile(component, { fuel: true })
  const { exports: ours } = metered.instantiate({}, { fuel: Number.MAX_SAFE_INTEGER })
  const { exports: raw } = new WebAssembly.Instance(new WebAssembly.Module(core))
  const effort = quick ? { samples: 1, sampleMs: 0.1 } : { samples: 60, sampleMs: 1 }
  const programs = []
  for (const [program, name] of NAMES.entries()) {
    if (ours.run(program, N) !== raw.run(program, N) >>> 0) throw new Error(`metered is wrong: ${name}`)
    const contenders = [ours, raw].map(({ run }) => ({ call: () => run(program, N), isAsync: false }))
    if (!quick) for (const { call } of contenders) warmUp(call)
    const [time, unmetered] = await measure(contenders, effort)
    programs.push({ name, ours: time, raw: unmetered, cost: time / unmetered - 1 })
  }
  return programs
}

/** Until the engine has compiled it for speed, which it does beside. */
function warmUp(call) {
  for (const end = performance.now() + WARM_MS; performance.now() < end; ) call()
}

const WARM_MS = 100

function percent(part) {
  return `${part < 0 ? '' : '+'}${Math.round(part * 100)} %`
}
