import { setTimeout } from 'node:timers/promises'

/** Calls that are made at once, in the row of that name. */
const AT_ONCE = 64

/** Calls that are made one after the other, in the row of bursts, and the milliseconds before each of those. */
const BURST = 400
const PAUSE_MS = 30

/** Times that a plugin asks for a function of the application in one call, in the rows of that name. */
const ASKED = 100

const text = (length) => 'x'.repeat(length)
const items = Array.from({ length: 1_000 }, (_, id) => ({ id, value: id / 8, name: `item ${id % 1000}` }))
const bytes = new Uint8Array(1 << 20).fill(7)

/** A thread that takes the place of one that was taken is ready in a fraction of this. */
const WARMING_MS = 500

/** @returns {import('../rows.mjs').Row[]} */
export const threadRows = () => [
  { name: 'thread call, scalar', unit: 'µs', needs: 'add', call: (e) => () => e.add(1, 2) },
  {
    name: `thread call, bursts of ${BURST}, each`,
    unit: 'µs',
    needs: 'addInBurst',
    before: () => setTimeout(PAUSE_MS),
    call: (e) => () => e.addInBurst(BURST),
    repeats: BURST,
  },
  ...[16, 65_536].map((length) => ({
    name: `thread call, string of ${length} B`,
    unit: 'µs',
    needs: 'echoString',
    call: (e) => () => e.echoString(text(length)),
    isRight: (r) => r === text(length),
  })),
  {
    name: 'thread call, list of 1,000 records',
    unit: 'µs',
    needs: 'echoItems',
    call: (e) => () => e.echoItems(items),
    isRight: (r) => r.length === 1_000 && r[999].name === 'item 999',
  },
  {
    name: 'thread call, 1 MiB list<u8>',
    unit: 'µs',
    needs: 'echoBytes',
    call: (e) => () => e.echoBytes(bytes),
    isRight: (r) => r.length === bytes.length && r.at(-1) === 7,
  },
  {
    name: `thread call, ${AT_ONCE} at once, each`,
    unit: 'µs',
    needs: 'addAtOnce',
    call: (e) => () => e.addAtOnce(AT_ONCE),
    repeats: AT_ONCE,
  },
  {
    name: 'thread, function of the application, at once',
    unit: 'µs',
    needs: 'callAdd',
    call: (e) => () => e.callAdd(ASKED),
    repeats: ASKED,
  },
  {
    name: 'thread, function of the application, later',
    unit: 'µs',
    needs: 'callLog',
    call: (e) => () => e.callLog(ASKED),
    repeats: ASKED,
  },
  {
    name: 'thread start, cold',
    unit: 'ms',
    needs: 'start',
    call: (e) => () => e.start(),
    samples: 8,
  },
  {
    name: 'thread start, warm',
    unit: 'ms',
    needs: 'startWarm',
    before: () => setTimeout(WARMING_MS),
    call: (e) => () => e.startWarm(),
    samples: 8,
  },
  {
    name: 'process call, scalar',
    unit: 'µs',
    needs: 'addInProcess',
    call: (e) => () => e.addInProcess(1, 2),
    isRight: (r) => r === 3,
  },
  {
    name: 'process start',
    unit: 'ms',
    needs: 'startProcess',
    call: (e) => () => e.startProcess(),
    samples: 8,
  },
]
