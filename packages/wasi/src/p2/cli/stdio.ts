import type { StdioGrant } from '../../grants/grant-set.js'
import type { WasiContext } from '../context.js'
import { InputStream } from '../io/input-stream.js'
import { type ByteSink, OutputStream } from '../io/output-stream.js'
import { always } from '../io/readiness.js'
import type { Waiter } from '../io/waiter.js'
import { createLineBudget, type LineBudget, type LineSource } from './line-budget.js'
import { createLineBuffer, type LineBuffer } from './line-buffer.js'
import { bytesSource, type Program } from './program.js'

/** Lines that a trap carries: some languages say first what happened, some last. */
const FIRST_WORDS = 3
const LAST_WORDS = 8
/** Bytes in which they are looked for, where the rest is left out. */
const WORDS = 4_096
/** Characters of one of them. */
const MAX_WORD_LENGTH = 500

/**
 * What an engine of JavaScript says below the words of its plugin: places in what the plugin was bundled to, and how it aborts. In
 * the log they are as all lines.
 */
const BELOW =
  /^\s*(?:[^\s@]{0,200}@(?:plugin|\/initializer)\.js:\d{1,9}:\d{1,9}|Redirecting call to abort\(\) to mozalloc_abort)$/

type Stdio = Pick<WasiContext, 'plugin' | 'log' | 'maxWaitMs'>

export interface StdioParts {
  readonly grant: StdioGrant
  readonly waiter: Waiter
  readonly program: Program
}

/**
 * `wasi:cli/stdin`, `stdout` and `stderr`: a given text in, lines of the plugin's own log out. A program that runs has streams of
 * its own.
 */
export function createStdio(context: Stdio, { grant, waiter, program }: StdioParts) {
  const lines = createLineBudget(context, grant.bytesPerSecond, waiter)
  const stdout = logSink(lines, { level: 'info', stream: 'stdout' })
  let first: string[] = []
  let last: string[] = []
  const hear = (message: string) => {
    // Go indents with tabs, which a message would show as what they are.
    const word = message.slice(0, MAX_WORD_LENGTH).replaceAll('\t', '  ')
    if (BELOW.test(word)) return
    if (word !== '' && first.length < FIRST_WORDS) first.push(word)
    else if (word !== '') last = [...last.slice(1 - LAST_WORDS), word]
  }
  const heard: LineBudget = {
    ...lines,
    emit(source, message) {
      hear(message)
      lines.emit(source, message)
    },
  }
  const stderr = logSink(heard, { level: 'error', stream: 'stderr' })
  const words = createLineBuffer(hear)
  const stdin = bytesSource(grant.stdin)
  return {
    /** What its streams read and write outside of programs. */
    ends: { stdin, stdout: stdout.sink, stderr: stderr.sink },
    stdin: { getStdin: () => new InputStream(program.started?.stdin ?? stdin, waiter) },
    stdout: { getStdout: () => new OutputStream(program.started?.stdout ?? stdout.sink, waiter) },
    stderr: {
      getStderr() {
        const own = program.started?.stderr
        return new OutputStream(own === undefined ? stderr.sink : both(own, words), waiter)
      },
    },
    /** Where every line of the instance goes. */
    lines,
    /** The first and the last lines of stderr since the last `end`, also one without a final newline. */
    lastWords(): readonly string[] {
      stderr.end()
      words.end()
      return [...first, ...last]
    },
    /** Gives out what was written without a final newline. */
    end() {
      stdout.end()
      stderr.end()
      words.end()
      lines.end()
      first = []
      last = []
    },
  }
}

/** What goes to a program's own stream, and says why it ends. */
function both(sink: ByteSink, words: LineBuffer): ByteSink {
  return {
    ...sink,
    write(bytes) {
      words.write(bytes.subarray(-WORDS))
      return sink.write(bytes)
    },
  }
}

function logSink(budget: LineBudget, source: LineSource): { sink: ByteSink; end: () => void } {
  const lines = createLineBuffer((message) => budget.emit(source, message))
  const sink: ByteSink = {
    permit: () => 64 << 10,
    write(bytes) {
      // What comes last may say why the plugin ends.
      const isLeftOut = budget.leaveOut(bytes.subarray(0, -WORDS))
      lines.write(isLeftOut ? bytes.subarray(-WORDS) : bytes)
    },
    writable: always,
    close() {},
  }
  return { sink, end: lines.end }
}
