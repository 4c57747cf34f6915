import path from 'node:path'
import { defineCommand } from '../command.js'
import { usageErrors } from '../errors/index.js'
import type { BuildCommandResult } from '../project/build-project.js'
import { buildProject } from '../project/build-project.js'
import { readProject } from '../project/project.js'
import type { TestResult } from '../test/results.js'
import { runTests, type TestRun } from '../test/run-tests.js'
import type { RunnerName } from '../test/runner.js'
import { watchBuilds } from '../watch/watch-builds.js'

export interface TestCommandResult {
  readonly name: string
  readonly runner: RunnerName
  /** Null when a signal ended the runner. */
  readonly runnerExitCode: number | null
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly tests: readonly TestResult[]
}

export const testCommand = defineCommand({
  name: 'test',
  summary: 'Build the plugin project in a folder and run its tests',
  examples: [
    ['wasm-plugin test', 'with `node --test`, or Vitest where the project depends on it'],
    ['wasm-plugin test --watch', 'again after every change'],
    ['wasm-plugin test -- --test-name-pattern greet', 'with arguments of the runner'],
  ],
  arguments: {
    dir: { kind: 'optional', description: 'the project folder (default: this folder)' },
    args: { kind: 'after-dashes', description: 'for the test runner' },
  },
  options: {
    'no-build': { kind: 'flag', description: 'test the component that is there' },
    watch: {
      kind: 'flag',
      short: 'w',
      description: 'build and test again when a file changes, until Ctrl-C',
    },
  },

  notes: ['Building and testing run code of the project.'],

  async run(context, input): Promise<TestCommandResult> {
    const dir = path.resolve(context.cwd, input.dir ?? '.')
    const { args } = input
    if (input.watch && input['no-build']) {
      const reason = 'what is watched is built after every change'
      throw usageErrors.OPTIONS_CONFLICT({ command: 'test', options: ['--watch', '--no-build'], reason })
    }
    if (input.watch) {
      const then = async ({ name }: BuildCommandResult) => {
        const result = resultOf(name, await runTests(context, dir, args))
        return { ok: !isFailure(result), result }
      }
      return watchBuilds(context, { dir, mode: 'release', then })
    }
    const { manifest } = await readProject(dir)
    if (!input['no-build'])
      await buildProject(context, { dir, mode: 'release', onStep: context.progress.status })
    context.progress.status('Testing', manifest.name)
    return resultOf(manifest.name, await runTests(context, dir, args))
  },

  // The runner has said it all, as its user knows it.
  render: () => ({}),
  isFailure,
  goesOn: ({ watch }) => watch,
})

function resultOf(name: string, { runner, exitCode, tests }: TestRun): TestCommandResult {
  const count = (status: string) => tests.filter((test) => test.status === status).length
  return {
    name,
    runner,
    runnerExitCode: exitCode,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    tests,
  }
}

/** The runner has the last word: it also fails when, say, coverage is too low. */
function isFailure({ runnerExitCode }: TestCommandResult): boolean {
  return runnerExitCode !== 0
}
