import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { inLanes } from './lanes.mjs'
import { inRoot, packages } from './paths.mjs'
import { report, warn } from './report.mjs'
import { run, succeeds } from './run.mjs'
import { rustEnv } from './rust.mjs'
import { setUpWasmtime } from './wasmtime.mjs'

const VITEST = inRoot('node_modules/vitest/vitest.mjs')
const nothing = { passed: 0, failed: 0, skipped: 0 }
/** CI has the time for all of them; `npm test` leaves out what hardly ever tells more. */
const everything = process.env.WASM_PLUGIN_TEST === 'all'

/** How many suites run at a time: the last files of one would leave processors idle. */
const LANES = 2

/** Runs suites beside each other, and gives the sum of what came of them. */
export async function runSuites(chosen) {
  const total = { ...nothing }
  const alone = chosen.length === 1
  await inLanes(LANES, longestFirst(chosen), async ({ name, run }) => {
    report('Testing', name)
    const counts = await run(name, alone)
    for (const key of Object.keys(total)) total[key] += counts[key]
  })
  return total
}

/** Those that take minutes come first: one of them at the end would leave a lane empty. */
const LONG = [
  'packages/host',
  'packages/plugin-sdk',
  'test/conformance',
  'packages/cli',
  'test',
  'packages/web',
]

function longestFirst(chosen) {
  const isLong = ({ name }) => LONG.includes(name)
  const long = chosen.filter(isLong).sort((a, b) => LONG.indexOf(a.name) - LONG.indexOf(b.name))
  return [...long, ...chosen.filter((suite) => !isLong(suite))]
}

/**
 * Every suite of the repository: a name, and how to run it, alone or beside another one. Each gives `{ passed, failed,
 * skipped }`.
 */
export function suites({ rust, env }) {
  return [
    ...packages.map((name) => ({
      name: `packages/${name}`,
      // The SDK and the command build Rust plugins, with the toolchain that was set up.
      run: async (as, alone) =>
        vitest(inRoot('packages', name), as, { alone, env: { ...env, ...(rust ? await rustEnv() : {}) } }),
    })),
    ...(everything ? ['24', '26'] : []).flatMap((version) =>
      ['wasi', 'embed', 'host'].map((name) => ({
        name: `packages/${name} on Node ${version}`,
        run: (as, alone) => onNode(`node-${version}`, as, { alone, folder: `packages/${name}`, env }),
      })),
    ),
    {
      name: 'packages/host by message',
      run: (as, alone) =>
        vitest(inRoot('packages/host'), as, {
          alone,
          env: { ...env, WASM_PLUGIN_LANE: 'off' },
          // What calls do, by the way that is taken where shared memory does not serve.
          only: [
            ...['test/blame.test.ts', 'test/host.test.ts'],
            ...(everything
              ? [
                  'test/threads',
                  'test/lane.test.ts',
                  'test/attacks',
                  'test/update.test.ts',
                  'test/life.test.ts',
                ]
              : []),
          ],
        }),
    },
    {
      name: 'packages/host in processes',
      run: (as, alone) =>
        vitest(inRoot('packages/host'), as, {
          alone,
          env: { ...env, WASM_PLUGIN_WALL: 'process' },
          // What plugins may do and how calls end, where each has a process.
          only: [
            ...['test/host.test.ts', 'test/restart.test.ts', 'test/run.test.ts'],
            ...(everything
              ? [
                  ...['test/narrow.test.ts', 'test/resources.test.ts', 'test/http'],
                  ...['test/programs', 'test/capability', 'test/shutdown', 'test/values.test.ts'],
                  ...['test/life.test.ts', 'test/update.test.ts', 'test/audit.test.ts', 'test/learn.test.ts'],
                  ...['test/last-words.test.ts', 'test/blame.test.ts', 'test/attacks/host-functions.test.ts'],
                  ...['test/attacks/event-flood.test.ts', 'test/attacks/log-flood.test.ts'],
                  ...['test/attacks/servers.test.ts', 'test/attacks/pool.test.ts'],
                ]
              : []),
          ],
        }),
    },
    { name: 'examples/rust-plugin', run: () => (rust ? cargoTest() : skipped('no Rust here')) },
    { name: 'test/conformance', run: (as, alone) => conformance(as, { alone, rust, env }) },
    { name: 'bench', run: (as, alone) => vitest(inRoot('bench'), as, { alone, env }) },
    { name: 'test', run: (as, alone) => vitest(inRoot(), as, { alone, env }) },
  ]
}

/** The plugins of every language, here and in wasmtime. */
async function conformance(name, { alone, rust, env }) {
  await setUpWasmtime()
  const all = { ...env, ...(rust ? await rustEnv() : {}) }
  return vitest(inRoot('test/conformance'), name, { alone, env: all })
}

/** Runs vitest in a folder; a run that ends without a report counts as one failure. */
async function vitest(folder, name, { alone, env, node = process.execPath, only = [] }) {
  const file = inRoot('.cache/test', `${name.replaceAll(/[^\w-]+/g, '-')}.json`)
  await mkdir(path.dirname(file), { recursive: true })
  await rm(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  // Tests wait for compilers and threads more than they compute: a worker for every processor.
  const workers = Math.ceil(availableParallelism() / (alone ? 1 : LANES))
  const args = [VITEST, 'run', `--maxWorkers=${workers}`, ...reporters, ...only]
  const shown = alone ? { show: true } : { onLine: (line) => process.stderr.write(`${name} | ${line}\n`) }
  const clean = await succeeds(node, args, { cwd: folder, env, ...shown })
  const result = JSON.parse(await readFile(file, 'utf8').catch(() => 'null'))
  if (result === null) return { ...nothing, failed: 1 }
  const counts = {
    passed: result.numPassedTests,
    failed: result.numFailedTests,
    skipped: result.numPendingTests + result.numTodoTests,
  }
  // A file that does not load, or an error outside every test, fails the run and no test.
  return !clean && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/** Tests of a package on another Node of `test/engines`, where the platform has it. */
async function onNode(engine, name, { alone, folder, env }) {
  const node = inRoot('test/engines/node_modules', engine, 'bin/node')
  const present = await access(node).then(
    () => true,
    () => false,
  )
  if (!present) return skipped(`no ${engine} for ${process.platform}-${process.arch}`)
  // Of what does not differ the newest tells as much as those between.
  const only = everything && engine === NEWEST ? [] : await markedTests(inRoot(folder))
  return vitest(inRoot(folder), name, { alone, env, node, only })
}

/**
 * Tests of what differs between engines say so in their first line: threads and how they end, turns of the event loop,
 * files, sockets. Of a package where none does, all are run.
 */
async function markedTests(folder) {
  const all = await readdir(path.join(folder, 'test'), { recursive: true })
  const names = all.filter((name) => name.endsWith('.test.ts'))
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, 'test', name), 'utf8')))
  return names.filter((_, i) => texts[i].startsWith(EVERY_NODE)).map((name) => `test/${name}`)
}

/** Of `test/engines`. */
const NEWEST = 'node-26'

const EVERY_NODE = '// On every Node: '

/** The Rust plugin's unit tests, on the machine itself: `--lib`, since a plugin links for WebAssembly only. */
async function cargoTest() {
  const cwd = inRoot('examples/rust-plugin')
  const output = await run('cargo', ['test', '--lib', '--locked'], { cwd, env: await rustEnv() }).catch(
    (error) => {
      report('Failed', error.message)
      return error.output ?? ''
    },
  )
  const [, passed = 0, failed = 1, ignored = 0] =
    /(\d+) passed; (\d+) failed; (\d+) ignored/.exec(output) ?? []
  return { passed: Number(passed), failed: Number(failed), skipped: Number(ignored) }
}

function skipped(reason) {
  if (process.env.CI === 'true') throw new Error(`skipped in CI: ${reason}`)
  warn('Skipped', reason)
  return { ...nothing, skipped: 1 }
}
