// A reporter for `node --test`: one JSON document per line for every test. It is loaded by the process that runs the
// tests, so it imports nothing.
import type { TestResult } from './results.js'

interface TestEvent {
  readonly type: string
  readonly data: {
    readonly name: string
    readonly file?: string
    readonly skip?: unknown
    readonly todo?: unknown
    readonly details?: {
      readonly type?: string
      readonly duration_ms?: number
      readonly error?: { readonly cause?: unknown; readonly message?: string }
    }
  }
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue
    const { name, file, details } = data
    const skipped = data.skip !== undefined || data.todo !== undefined
    const result: TestResult = {
      name,
      file: file ?? null,
      status: skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed',
      ms: details?.duration_ms ?? 0,
      error: type === 'test:fail' ? messageOf(details?.error) : null,
    }
    yield `${JSON.stringify(result)}\n`
  }
}

/** Node wraps what a test threw. */
function messageOf(error: { readonly cause?: unknown; readonly message?: string } | undefined): string {
  const cause = error?.cause
  return cause instanceof Error ? cause.message : (error?.message ?? String(cause))
}
