import type { LineBudget } from '../cli/line-budget.js'
import { createLineBuffer } from '../cli/line-buffer.js'
import type { LogLine } from '../context.js'

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical'

const LEVELS = new Map<Level, LogLine['level']>([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['critical', 'error'],
])

/** `wasi:logging/logging`: lines of the plugin's own log, under the same rate and the same rules as stdout. */
export function createLogging(budget: LineBudget) {
  return {
    log(level: Level, context: string, message: string): void {
      const source = { level: LEVELS.get(level) ?? 'info', stream: 'log' } as const
      const lines = createLineBuffer((line) => budget.emit(source, line))
      if (context !== '') lines.print(`${context}: `)
      lines.print(message)
      lines.end()
    },
  }
}
