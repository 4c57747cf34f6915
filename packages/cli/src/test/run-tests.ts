import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Context } from '../command.js'
import { failures } from '../errors/index.js'
import { readResults, type TestResult } from './results.js'
import { type RunnerName, runnerOf } from './runner.js'

export interface TestRun {
  readonly runner: RunnerName
  /** Of the runner; null when a signal ended it. */
  readonly exitCode: number | null
  readonly tests: readonly TestResult[]
}

/**
 * Runs the author's tests once; the runner's report goes to stdout as it comes.
 *
 * @param args For the runner, after its own.
 * @throws {NO_TESTS} {TOOLCHAIN_MISSING}
 */
export async function runTests(context: Context, dir: string, args: readonly string[]): Promise<TestRun> {
  const runner = await runnerOf(dir)
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-results-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove) // Ctrl-C waits for the runner, but not for long.
  try {
    const results = path.join(folder, 'results')
    const exitCode = await run(context, dir, [...runner.arguments(results), ...args])
    const tests = await readResults(runner.name, results)
    if (exitCode === 0 && tests.length === 0) throw failures.NO_TESTS({ dir, runner: runner.name })
    return { runner: runner.name, exitCode, tests }
  } finally {
    process.off('exit', remove)
    remove()
  }
}

function run(
  { env, progress, signal }: Context,
  dir: string,
  args: readonly string[],
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: dir,
      env: runnerEnv(env, progress.color),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', progress.pass)
    }
    // A runner that does not end by the signal is not left to itself.
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('close', () => process.off('exit', kill))
    // Of an interrupted one `close` is waited for: the runner ends its tests first.
    child.once('error', (error) => {
      if (!signal.aborted) reject(error)
    })
    child.once('close', resolve)
  })
}

/** The runner writes to a pipe, so it has to be told of colour. */
function runnerEnv(env: Context['env'], color: boolean): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = { ...env, FORCE_COLOR: color ? '1' : '0' }
  // Node warns when both are set. The second would make a run below another test run report to that one.
  delete own.NO_COLOR
  delete own.NODE_TEST_CONTEXT
  return own
}
