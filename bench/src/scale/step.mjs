// One step of one series, in a process of its own, so that its memory and threads are what the step took.
// Usage: node --expose-gc step.mjs SERIES ENGINE N, guests in base64 on stdin; prints { ms, rssMb, threads }.
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { engines } from './engines.mjs'
import { series } from './series.mjs'

const [, , name, engine, count] = process.argv
const guests = Object.fromEntries(
  Object.entries(JSON.parse(await text(process.stdin))).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64'),
  ]),
)
const load = await engines[engine](guests)
const before = resident()
const ms = await series.find((one) => one.name === name).run(Number(count), load)
process.stdout.write(JSON.stringify({ ms, rssMb: resident() - before, threads: threads() }))
process.exit(0)

function resident() {
  globalThis.gc()
  return process.memoryUsage.rss() / (1 << 20)
}

/** Of the system, those of the engine and of Node included; `null` where it does not say. */
function threads() {
  try {
    return Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))[1])
  } catch {
    return null
  }
}
