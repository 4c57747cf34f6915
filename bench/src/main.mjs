// Measures this runtime and its peers in one run, on the same core modules.
// Usage: npm run bench -- [--json FILE] [--quick] [--only TEXT] [--scale] [--web] [--server] [--gateway]
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { compare } from './compare.mjs'
import { extism } from './engines/extism.mjs'
import { jco } from './engines/jco.mjs'
import { ours } from './engines/ours.mjs'
import { raw } from './engines/raw.mjs'
import { vscode } from './engines/vscode.mjs'
import { fuelRows } from './fuel/rows.mjs'
import { gatewayRows } from './gateway/run.mjs'
import { guests, LOAD_SIZES, utf16Guest, wasiGuests } from './guests.mjs'
import { lagRows } from './lag/run.mjs'
import { programRows } from './programs/run.mjs'
import { registryClients } from './registry/clients.mjs'
import { installedPlugin } from './registry/installed.mjs'
import { nameRows, registryRows } from './registry/rows.mjs'
import { rows } from './rows.mjs'
import { growths } from './scale/run.mjs'
import { serverRows } from './server/run.mjs'
import { gatewayTable, growthTable, lagTable, serverTable, table } from './table.mjs'
import { threadEngines } from './threads/engines.mjs'
import { threadRows } from './threads/rows.mjs'
import { startWasi } from './wasi/engines.mjs'
import { firstRows } from './wasi/first-rows.mjs'
import { makeFolder } from './wasi/folder.mjs'
import { wasiRows } from './wasi/rows.mjs'
import { startServer } from './wasi/server.mjs'
import { webRows } from './web/run.mjs'

const { values: options } = parseArgs({
  options: {
    /** Where to write the figures. */
    json: { type: 'string' },
    /** One short sample each: says that everything runs, not how fast. */
    quick: { type: 'boolean', default: false },
    /** Only rows whose name has this in it. */
    only: { type: 'string', default: '' },
    /** How cost grows, instead of what it is. Takes some minutes. */
    scale: { type: 'boolean', default: false },
    /** The same in a page of Chromium. */
    web: { type: 'boolean', default: false },
    /** A web server with plugins under load: wants wrk. */
    server: { type: 'boolean', default: false },
    /** Plugins that answer HTTP, beside other servers under load: wants wrk. Takes some minutes. */
    gateway: { type: 'boolean', default: false },
  },
})

if (options.scale) {
  const grown = await growths(options)
  print(
    grown,
    [
      'each step in a process of its own. RSS: what the process took for it. slope: of the time over the last two steps, 1 is',
      'linear. threads: of the system, those of the engine and of Node included.',
    ],
    growthTable,
  )
  await written(grown)
  process.exit()
}

if (options.web) {
  const { browser, results } = await webRows(options)
  print(
    results,
    [
      'in a page of Chromium, isolated from others. thread: the host for pages, a plugin in a worker. jco: what it makes of the',
      'component beforehand, so that its load compiles the core module and no more.',
    ],
    table,
    browser,
  )
  await written(results)
  process.exit()
}

if (options.server) {
  const results = await serverRows(options)
  print(
    results,
    [
      'wrk with 32 connections. plain: a server without plugins. good: each answer is a call of a plugin in a thread. hostile:',
      'another plugin beside it loops, leaks, floods and overflows all the time, each at most until its deadline.',
    ],
    serverTable,
  )
  await written(results)
  process.exit()
}

if (options.gateway) {
  const results = await gatewayRows(options)
  print(
    results,
    [
      'wrk, so many connections. node: node:http alone. inline, reused, fresh: a plugin in Rust behind the gateway, in the',
      'thread of all requests, in threads, and there with an instance for each request; wasmtime and jco: the same component by',
      '`wasmtime serve`, and by the parts of `jco serve`. lighttpd, nginx (by fcgiwrap), apache: one program in C by CGI; wagi: it behind the',
      'gateway. of: requests per second as a multiple of those of another server, in the same minute. RSS: what a server and its',
      'children have after the load. errors: answers that are none of success, such as 503 where too many wait, and timeouts.',
    ],
    gatewayTable,
  )
  await written(results)
  process.exit()
}

const engines = { ours, raw, jco, extism, vscode }

let logged = 0
const host = {
  add: (a, b) => (a + b) >>> 0,
  log: (message) => {
    logged += message.length
  },
}

// Before the memory of this process is full of engines, which other programs that are timed do not have.
const registries = await registryClients()
const transfers =
  registries === undefined
    ? []
    : await measured(registryRows(registries), new Map(Object.entries(registries.clients)))
await registries?.close()
const installed = await installedPlugin()
const names = installed === undefined ? [] : await measured(nameRows(), new Map([['ours', installed]]))
await installed?.close()

const small = { ...(await guests()), utf16: await utf16Guest() }
const padded = {}
for (const [name, size] of Object.entries(LOAD_SIZES)) padded[name] = await guests(size)
const running = new Map()
for (const [name, start] of Object.entries(engines)) running.set(name, await start(small, host))

const calls = await measured(rows(padded), running)
print(calls, [
  'least of several samples; in brackets: times ours. raw: the core module called by hand, without any check.',
  'extism: bytes in and out, its scalar call has no values.',
])
if (logged === 0 && options.only === '') throw new Error('the guests never called the host')

const fuel = await fuelRows(options)
print(fuel.rows, [
  'programs in Rust, where it is installed, each with fuel and, raw, without. What fuel costs each:',
  fuel.each,
])

const { close: closeThreads, ...threads } = await threadEngines(small, host)
const threaded = await measured(threadRows(), new Map(Object.entries(threads)))
print(threaded, [
  "ours: a plugin in a thread, the default. inline: the same in the caller's thread. postMessage: a bare worker that sends",
  'back what it is sent. worker: such a worker, from its start. extism: bytes in and out, in a thread. child: a bare process.',
  'traced: ours with a span of OpenTelemetry around each call.',
])
await closeThreads()

const programs = await programRows(small, options)
print(programs, [
  'node program.mjs, from its start to its end, after one call; memory of a thread that was called, beside the first. worker: a',
  'bare worker, and in time the core module called by hand too.',
])

const server = await startServer()
const folder = makeFolder()
const { close, ...wasi } = await startWasi(await wasiGuests(), { folder, ...server })
const system = await measured(wasiRows(server.authority), new Map(Object.entries(wasi)))
system.push(...(await firstRows(await wasiGuests(), folder, options)))
print(system, [
  "the same guest in each, preview 1 for node:wasi. ours: in the caller's thread, HTTP in a thread; every use of a file or",
  "host is decided by the grants, paths are walked by handles. thread: the same, reported to the application's thread.",
  'first 200: in a process of its own, each of them, before the engine has compiled what runs often.',
])
await close()
await server.close()

print(transfers, [
  "with Debian's docker-registry on this machine: out of a folder, and into an empty one. skopeo: skopeo copy; oras: oras cp;",
  'crane: crane push and pull; the last two where npm run test:interop built them.',
])
print(names, [
  'installed: configuration, lock file, trust policy, signature and digest, all of which the bytes of a file do not need.',
  'newest: the list, two documents and two signatures of the version, from the same registry.',
])

const lag = await lagRows(options)
print(
  lag,
  [
    'how late timers of the application are while a plugin in a thread floods it, at the default limits.',
    'late: how long after its deadline the flooding call ended.',
  ],
  lagTable,
)

await written([...calls, ...fuel.rows, ...threaded, ...programs, ...system, ...transfers, ...names, ...lag])

async function written(results) {
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`)
}

async function measured(all, engines) {
  const results = []
  for (const row of all)
    if (row.name.includes(options.only)) results.push(await compare(row, engines, options))
  return results
}

function print(results, notes, format = table, where = `Node ${process.versions.node}`) {
  if (results.length === 0) return
  console.log(`${format(results)}\n\n${where}; ${notes.join('\n')}\n`)
}
