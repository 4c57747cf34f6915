import path from 'node:path'
import { PluginError } from '@wasm-plugin/runtime/errors'
import { type Context, defineCommand } from '../command.js'
import { App } from '../dev/app.js'
import { failures } from '../errors/index.js'
import type { BuildCommandResult } from '../project/build-project.js'
import { runTests, type TestRun } from '../test/run-tests.js'
import { type RoundResult, watchBuilds } from '../watch/watch-builds.js'

export const devCommand = defineCommand({
  name: 'dev',
  summary: 'Build and test a plugin project after every change, beside an application that takes it in',
  examples: [
    ['wasm-plugin dev', 'the project in this folder'],
    [
      'wasm-plugin dev --app "node app.js"',
      'with an application whose plugins are new as soon as they are built',
    ],
    ['wasm-plugin dev plugins/hello --no-test', 'without its tests'],
  ],
  arguments: {
    dir: { kind: 'optional', description: 'the project folder (default: this folder)' },
  },
  options: {
    app: {
      kind: 'value',
      value: 'command',
      description: 'an application, started when the first build is there',
    },
    'no-test': { kind: 'flag', description: 'build alone' },
  },
  notes: [
    'Building, testing and the application run code of theirs. The application has `WASM_PLUGIN_DEV=1` in its environment:',
    'its hosts update what they loaded from a file when that changes. One that ended is started again by the next build.',
    'At the end, which is Ctrl-C, it gets SIGTERM and ten seconds, unless a second Ctrl-C comes.',
  ],

  async run(context, input): Promise<never> {
    const dir = path.resolve(context.cwd, input.dir ?? '.')
    const app = input.app === undefined ? undefined : new App(context, input.app)
    const then = async (built: BuildCommandResult): Promise<RoundResult> => {
      app?.keepRunning()
      if (input['no-test']) return { ok: true, result: built }
      const { exitCode, tests } = await testsOf(context, dir)
      return { ok: exitCode === 0, result: { ...built, tests } }
    }
    try {
      return await Promise.race([
        watchBuilds(context, { dir, mode: 'debug', then }),
        interrupted(context.signal),
      ])
    } finally {
      await app?.end()
    }
  },

  render: () => ({}),
  goesOn: () => true,
  endsBySignal: true,
})

/** Milliseconds that a compiler gets which runs when the command ends. */
const GRACE_MS = 1_000

/** @throws {INTERRUPTED} */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => setTimeout(() => reject(failures.INTERRUPTED({})), GRACE_MS).unref()
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** A project may be without. */
async function testsOf(context: Context, dir: string): Promise<Pick<TestRun, 'exitCode' | 'tests'>> {
  try {
    return await runTests(context, dir, [])
  } catch (error) {
    if (PluginError.is(error, 'NO_TESTS')) return { exitCode: 0, tests: [] }
    throw error
  }
}
