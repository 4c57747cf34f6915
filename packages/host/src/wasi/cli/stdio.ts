import type { StdioGrant } from '../../capability/grant-set.js'
import type { LogLine, WasiContext } from '../context.js'
import { type ByteSource, InputStream } from '../io/input-stream.js'
import { type ByteSink, OutputStream } from '../io/output-stream.js'
import { always } from '../io/poll.js'
import type { Waiter } from '../io/waiter.js'
import { createLineBuffer } from './line-buffer.js'

/** Bytes that a line counts for beside its own: each one is an event on the host's side. */
const LINE_COST = 128

type Stdio = Pick<WasiContext, 'plugin' | 'log' | 'maxWaitMs'>

/** `wasi:cli/stdin`, `stdout` and `stderr`: a given text in, lines of the plugin's own log out. */
export function createStdio(context: Stdio, grant: StdioGrant, waiter: Waiter) {
  // Where waiting would stop the application there is no queue between the plugin and its log, so no need to wait.
  const rate = context.maxWaitMs === undefined ? grant.bytesPerSecond : Number.POSITIVE_INFINITY
  const budget = createBudget(rate, waiter)
  const stdout = logSink(context, { level: 'info', stream: 'stdout', budget })
  const stderr = logSink(context, { level: 'error', stream: 'stderr', budget })
  let stdinOffset = 0
  const source: ByteSource = {
    read(max) {
      if (stdinOffset >= grant.stdin.length) return null
      const bytes = grant.stdin.slice(stdinOffset, stdinOffset + max)
      stdinOffset += bytes.length
      return bytes
    },
    readable: always,
    close() {},
  }
  return {
    stdin: { getStdin: () => new InputStream(source, waiter) },
    stdout: { getStdout: () => new OutputStream(stdout.sink, waiter) },
    stderr: { getStderr: () => new OutputStream(stderr.sink, waiter) },
    /** Waits until that many bytes more may go to the log. */
    budget,
    /** Gives out what was written without a final newline. */
    end() {
      stdout.end()
      stderr.end()
    },
  }
}

function logSink(
  { plugin, log }: Stdio,
  { level, stream, budget }: Pick<LogLine, 'level' | 'stream'> & { budget: (bytes: number) => void },
): { sink: ByteSink; end: () => void } {
  const lines = createLineBuffer((message) => log({ plugin, level, stream, message }))
  const sink: ByteSink = {
    permit: () => 64 << 10,
    write(bytes) {
      budget(bytes.length + lines.write(bytes) * LINE_COST)
    },
    writable: always,
    close() {},
  }
  return { sink, end: lines.end }
}

/** A token bucket of one second: a plugin that floods its log is slowed down, and nothing is lost. */
function createBudget(bytesPerSecond: number, waiter: Waiter): (bytes: number) => void {
  if (bytesPerSecond === Number.POSITIVE_INFINITY) return () => {}
  let tokens = bytesPerSecond
  let last = performance.now()
  return (bytes) => {
    const now = performance.now()
    tokens = Math.min(bytesPerSecond, tokens + ((now - last) * bytesPerSecond) / 1000)
    last = now
    tokens -= bytes
    if (tokens < 0) waiter.sleep((-tokens * 1000) / bytesPerSecond)
  }
}
