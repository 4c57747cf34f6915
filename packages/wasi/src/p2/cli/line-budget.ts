import type { LogLine, WasiContext } from '../context.js'
import type { Waiter } from '../io/waiter.js'

/** Bytes that a line counts for beside its own: each one is an event on the host's side. */
const LINE_COST = 128
const NEWLINE = 0x0a

export type LineSource = Pick<LogLine, 'level' | 'stream'>

/** The lines of one instance on their way to the log: stdout, stderr and `wasi:logging` share one rate. */
export interface LineBudget {
  /** Gives one line to the log, when it is its turn. */
  emit(source: LineSource, message: string): void
  /** Leaves lines out that need not even be made, while it is nobody's turn; false when they are to be emitted. */
  leaveOut(bytes: Uint8Array): boolean
  /** Says how many lines were left out since it was said last. */
  end(): void
}

/**
 * A token bucket of one second. Each line is paid for before it is given out, so that a write of a million newlines is
 * no million events. In a thread of its own a plugin that floods its log waits, and nothing is lost. Where waiting would
 * stop the application, lines over the rate are left out and counted.
 */
export function createLineBudget(
  { plugin, log, maxWaitMs }: Pick<WasiContext, 'plugin' | 'log' | 'maxWaitMs'>,
  bytesPerSecond: number,
  waiter: Waiter,
): LineBudget {
  const mayWait = maxWaitMs === undefined
  let tokens = bytesPerSecond
  let last = performance.now()
  let dropped = 0
  const refill = () => {
    const now = performance.now()
    tokens = Math.min(bytesPerSecond, tokens + ((now - last) * bytesPerSecond) / 1000)
    last = now
  }
  const pay = (bytes: number): boolean => {
    refill()
    if (tokens < 0 && !mayWait) return false
    tokens -= bytes
    if (tokens < 0 && mayWait) waiter.sleep((-tokens * 1000) / bytesPerSecond)
    return true
  }
  const tellDropped = () => {
    if (dropped === 0) return
    const message = `(${dropped} lines left out: more than ${bytesPerSecond} bytes per second)`
    log({ plugin, level: 'warn', stream: 'log', message })
    dropped = 0
  }
  return {
    emit({ level, stream }, message) {
      if (!pay(message.length + LINE_COST)) {
        dropped++
        return
      }
      tellDropped()
      log({ plugin, level, stream, message })
    },
    leaveOut(bytes) {
      if (mayWait) return false
      refill()
      if (tokens >= 0) return false
      for (const byte of bytes) if (byte === NEWLINE) dropped++
      return true
    },
    end: tellDropped,
  }
}
