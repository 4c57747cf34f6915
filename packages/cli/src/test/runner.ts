import { createRequire } from 'node:module'
import path from 'node:path'
import { sdkErrors } from '@wasm-plugin/sdk'
import { readNamedText } from '../project/files.js'
import { packageRoot } from '../version.js'

export type RunnerName = 'node' | 'vitest'

/** How the tests of a project are run. */
export interface Runner {
  readonly name: RunnerName
  /** Arguments of node that run all tests once, report to people on stdout, and write machine-readable results. */
  arguments(results: string): string[]
}

/** Vitest where the project depends on it, else the test runner of Node. @throws {TOOLCHAIN_MISSING} */
export async function runnerOf(dir: string): Promise<Runner> {
  return (await dependsOn(dir, 'vitest')) ? vitest(dir) : node
}

const node: Runner = {
  name: 'node',
  arguments: (results) => [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${results}`,
  ],
}

const REPORTER = new URL('dist/node-reporter.js', packageRoot).href

function vitest(dir: string): Runner {
  const program = vitestProgram(dir)
  return {
    name: 'vitest',
    arguments: (results) => [
      program,
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
    ],
  }
}

function vitestProgram(dir: string): string {
  try {
    const require = createRequire(path.join(dir, 'package.json'))
    return path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs')
  } catch (error) {
    throw sdkErrors.TOOLCHAIN_MISSING(
      {
        tool: 'vitest',
        reason: 'the project depends on it, and it is not installed',
        fix: 'Run `npm install`.',
      },
      error,
    )
  }
}

async function dependsOn(dir: string, name: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readNamedText(path.join(dir, 'package.json'), 'package.json'))
    if (typeof manifest !== 'object' || manifest === null) return false
    return Object.entries(manifest).some(
      ([key, table]) =>
        /^(dev|optional)?dependencies$/i.test(key) &&
        typeof table === 'object' &&
        table !== null &&
        Object.hasOwn(table, name),
    )
  } catch {
    return false // What npm makes of it is not for the tests to say.
  }
}
