import { readFile } from 'node:fs/promises'
import type { RunnerName } from './runner.js'

export interface TestResult {
  readonly name: string
  /** Absolute path of the test file, when the runner says it. */
  readonly file: string | null
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Milliseconds. */
  readonly ms: number
  /** What went wrong, for a test that failed. */
  readonly error: string | null
}

/** What a runner wrote about the tests that it ran; nothing when it ended before it could. */
export async function readResults(runner: RunnerName, file: string): Promise<TestResult[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.trim() === '') return []
  if (runner === 'vitest') return fromVitest(JSON.parse(text))
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TestResult) // Written by `node-reporter.ts`.
}

/** The part of Vitest's JSON report that is read here, which is that of Jest. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly duration?: number | null
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

function fromVitest({ testResults }: VitestReport): TestResult[] {
  return testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    if (assertionResults.length === 0 && status === 'failed')
      return [{ name: file, file, status: 'failed' as const, ms: 0, error: message ?? 'the file failed' }]
    return assertionResults.map((result) => ({
      name: result.fullName,
      file,
      status: statusOf(result.status),
      ms: result.duration ?? 0,
      error: result.failureMessages?.[0] ?? null,
    }))
  })
}

function statusOf(status: string): TestResult['status'] {
  return status === 'passed' || status === 'failed' ? status : 'skipped'
}
