import type { Happened } from '@wasm-plugin/embed/thread'
import { showLines, showText } from '@wasm-plugin/runtime/text'
import type { AccessEvent } from '@wasm-plugin/wasi'

/** Characters of a line of the log with what hides made visible, and of any text of another event. */
const MAX_LINE = 128 << 10
const MAX_TEXT = 8_192

/**
 * What the process of a plugin tells of it: nothing that is not of its type, and in the name of no other plugin. What it
 * says that it did may still be untrue, once it has broken out: uses of the application are decided here.
 *
 * @throws what is no event
 */
export function happened(message: Happened, plugin: string): Happened {
  const { type, call } = message
  if (type === 'log') {
    const { level, stream, message: line } = message.event
    if (text(line, MAX_LINE).includes('\n')) throw new Error('it is more than a line')
    const event = {
      plugin,
      level: oneOf(level, LEVELS),
      stream: oneOf(stream, STREAMS),
      message: showLines(line),
    }
    return { type, call, event }
  }
  return { type, call, event: access(message.event, plugin) }
}

function access(
  { capability, operation, target, decision, rule, reason, time }: AccessEvent,
  plugin: string,
): AccessEvent {
  if (!Number.isFinite(time)) throw new Error('its time is none')
  return {
    plugin,
    capability: plain(capability),
    operation: plain(operation),
    target: plain(target),
    decision: oneOf(decision, DECISIONS),
    rule: rule === null ? null : plain(rule),
    ...(decision === 'denied' && { reason: oneOf(reason, REASONS) }),
    time,
  }
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const STREAMS = ['stdout', 'stderr', 'log'] as const
const DECISIONS = ['allowed', 'denied'] as const
const REASONS = ['not asked for', 'not granted', 'taken back', 'denied by rule'] as const

function plain(value: string): string {
  return showText(text(value, MAX_TEXT))
}

function text(value: unknown, max: number): string {
  if (typeof value !== 'string' || value.length > max) throw new Error('it is no text')
  return value
}

function oneOf<T>(value: unknown, known: readonly T[]): T {
  if (!known.includes(value as T)) throw new Error('it is not known')
  return value as T
}
