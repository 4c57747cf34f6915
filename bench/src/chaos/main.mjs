// Plugins of every kind behind every wall, most of which misbehave and are killed, beside some that are called in earnest.
// Usage: npm run chaos -- [--seconds N] [--json] [--seed N]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createHost } from '@wasm-plugin/host'
import { census, children, settled } from './census.mjs'
import { closeHung } from './hung.mjs'
import { components, hostilities } from './plugins.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
})
/** Plugins, of which so many behave. */
const PLUGINS = 50
const GOOD = 15
const WALLS = ['worker', 'process', 'inline']
/** The part of the time in which the good ones have the machine for themselves. */
const QUIET = 0.2
const MAX_RATIO = 5
/** Milliseconds between kills of processes. */
const KILL_MS = 250
/** Milliseconds that a hostile plugin rests after a call, on the average: all of them together leave a processor some time. */
const REST_MS = 6_000

const seconds = Number(values.seconds)
if (!Number.isFinite(seconds) || seconds < 5) throw new Error('--seconds is a number, 5 or more')
let state = Number(values.seed)
/** Below 1, from the seed. */
const random = () => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return state / 2 ** 31
}
const pick = (list) => list[Math.floor(random() * list.length)]

const made = await components()
const imports = {
  stuck: () => new Promise(() => {}),
  fail: () => {
    throw new Error('as asked')
  },
  quick: () => {},
}
const host = await createHost({
  imports: { ...imports, 'bench:floods/host': { say() {}, take() {}, give: () => [] } },
  limits: { memoryBytes: 128 << 20, heapBytes: 128 << 20 },
})

const tally = { goodCalls: 0, goodFailures: 0, killed: 0 }
const outcomes = new Map()
let started = performance.now()
const left = (part) => seconds * 1_000 * part - (performance.now() - started)

const good = []
for (let i = 0; i < GOOD; i++)
  good.push(
    await host.load(made.guest, {
      name: `good ${i}`,
      isolation: WALLS[i % 3],
      limits: { timeoutMs: 60_000, startMs: 60_000 },
    }),
  )
/** Those of good plugins, which nobody kills. */
const spared = new Set(children())
await callAll(good, 50)
started = performance.now()
const quiet = await latencies(QUIET)
const before = census()
const noisy = await Promise.all([
  latencies(1),
  ...Array.from({ length: PLUGINS - GOOD }, (_, i) => misbehave(i)),
  kill(),
])
const [{ p99 }] = noisy
const after = await settled(before)
const back = {
  children: after.children - before.children,
  threads: after.threads - before.threads,
  descriptors: after.descriptors - before.descriptors,
}
const p99Ratio = p99 / quiet.p99
await host.close()

const report = {
  schema: 1,
  ok: tally.goodFailures === 0 && p99Ratio <= MAX_RATIO && Object.values(back).every((more) => more <= 0),
  ...tally,
  p99Ratio: rounded(p99Ratio),
  rssDeltaMb: rounded(after.rssMb - before.rssMb),
  ...back,
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else await print()
process.exitCode = report.ok ? 0 : 1

/** Calls good plugins until that part of the time is over; milliseconds that 99 in a hundred of their calls took at most. */
async function latencies(part) {
  const took = []
  await Promise.all(
    good.map(async (plugin) => {
      while (left(part) > 0) {
        const began = performance.now()
        await callGood(plugin)
        took.push(performance.now() - began)
        await sleep(5)
      }
    }),
  )
  took.sort((a, b) => a - b)
  return { p99: took[Math.floor(took.length * 0.99)] }
}

async function callAll(plugins, times) {
  for (let i = 0; i < times; i++) await Promise.all(plugins.map(callGood))
}

async function callGood(plugin) {
  tally.goodCalls++
  try {
    if ((await plugin.exports.add(40, 2)) !== 42) tally.goodFailures++
  } catch (error) {
    tally.goodFailures++
    count(`good: ${error.code ?? error}`)
  }
}

/** Loads one hostile plugin after the other, calls each some times, updates it and closes it. */
async function misbehave(i) {
  let round = 0
  while (left(1) > 0) {
    const { name, walls, component = 'guest', call } = hostilities[(i + round++) % hostilities.length]
    const isolation = pick(walls)
    const timeoutMs = 20 + Math.floor(random() * 80)
    await outcome(`${name}: load`, async () => {
      const plugin = await host.load(made[component], {
        name: `hostile ${i}`,
        isolation,
        limits: { timeoutMs, startMs: 20_000, ...(isolation === 'inline' && { fuel: 5_000_000 }) },
        ...(isolation !== 'inline' && { pool: { idleMs: 50 } }),
      })
      for (let calls = 0; calls < 5 && left(1) > 0; calls++) {
        await outcome(`${name}: call`, () => call?.(plugin.exports))
        if (random() < 0.2) await outcome(`${name}: update`, () => plugin.update(made[component]))
        await sleep(random() * 2 * Math.min(REST_MS, Math.max(0, left(1) / 2)))
      }
      if (random() < 0.5) await host.unload(`hostile ${i}`)
      else await plugin.close()
    })
  }
}

/** A thread that its deadline, or a process that somebody, has ended counts as killed. */
async function outcome(what, work) {
  try {
    await work()
    count(`${what}: done`)
  } catch (error) {
    const code = error.code ?? String(error)
    if (code === 'DEADLINE_EXCEEDED') tally.killed++
    count(`${what}: ${code}`)
  }
}

async function kill() {
  const signals = ['SIGKILL', 'SIGSEGV', 'SIGABRT']
  while (left(1) > 0) {
    const victims = children().filter((pid) => !spared.has(pid))
    if (victims.length > 0) {
      try {
        process.kill(pick(victims), pick(signals))
        tally.killed++
      } catch {
        // It was quicker.
      }
    }
    await sleep(KILL_MS)
  }
}

function count(what) {
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
}

function rounded(number) {
  return Math.round(number * 100) / 100
}

async function print() {
  for (const [what, times] of [...outcomes].sort()) console.log(`${String(times).padStart(7)}  ${what}`)
  console.log(report)
  console.log(`a host with a hundred hung plugins closed in ${Math.round(await closeHung(made.guest))} ms`)
  console.log('before', before, 'after', after, 'p99 in ms', { quiet: quiet.p99, chaos: p99 })
}
