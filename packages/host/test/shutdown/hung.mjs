// node hung.mjs <kitchen.wasm> <threads> <processes>: a host whose plugins all compute without end is closed. Prints what came of
// their calls, and what there is then that was not there before, once that is nothing or an awaited close has left it for good.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHost } from '@wasm-plugin/host'

const [kitchen, threads, processes] = process.argv.slice(2)

/** Milliseconds of processor time that a plugin has had in its call. */
const COMPUTED_MS = 30

/** The system shows the threads, children and descriptors on Linux. */
function census() {
  const handles = process.getActiveResourcesInfo().length
  if (process.platform !== 'linux') return { handles }
  const tasks = readdirSync('/proc/self/task')
  return {
    handles,
    threads: tasks.length,
    children: tasks.flatMap(childrenOf).length,
    descriptors: readdirSync('/proc/self/fd').length,
  }
}

function childrenOf(task) {
  try {
    return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    // It has ended.
    return []
  }
}

/** A host with so many plugins in threads and in processes, each of which computes in a call that never ends. */
async function hang(threads, processes) {
  const host = await createHost({
    budget: { threads: threads + processes, processes: threads + processes },
    limits: { timeoutMs: 600_000, startMs: 600_000 },
    imports: { 'test:kitchen/host': { say() {}, lookUp() {} } },
  })
  const plugins = []
  for (let i = 0; i < threads + processes; i++)
    plugins.push(
      await host.load(kitchen, { name: `hung ${i}`, isolation: i < threads ? 'worker' : 'process' }),
    )
  const before = plugins.map(({ stats }) => stats.cpuMs)
  const calls = plugins.map((plugin) =>
    plugin.call('test:kitchen/api#spin').then(
      () => 'it ended',
      ({ code }) => code,
    ),
  )
  // The system tells on Linux when it computes.
  for (const [i, { stats }] of plugins.entries())
    while (stats.cpuMs - before[i] < COMPUTED_MS) await sleep(20)
  return { host, calls }
}

// What stays once something of it was used, such as the threads of the system's own pool.
const first = await hang(1, 1)
await first.host.close({ drainMs: 0 })
await Promise.all(first.calls)
await sleep(200)
const before = census()

const { host, calls } = await hang(Number(threads), Number(processes))
const running = census()
await host.close({ drainMs: 0 })
const codes = await Promise.all(calls)
const left = () =>
  Object.fromEntries(
    Object.entries(census()).map(([what, count]) => [what, Math.max(0, count - before[what])]),
  )
// The system tells of the end of a thread when it has cleaned up behind it.
while (Object.values(left()).some((count) => count > 0)) await sleep(20)
const counts = {}
for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
console.log(
  JSON.stringify({
    counts,
    wereRunning:
      process.platform !== 'linux' ||
      (running.threads - before.threads >= Number(threads) && running.children === Number(processes)),
    left: left(),
  }),
)
