import { createLineBuffer } from '../cli/line-buffer.js'
import type { LogLine, WasiContext } from '../context.js'

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
export function createLogging(
  { plugin, log }: Pick<WasiContext, 'plugin' | 'log'>,
  budget: (bytes: number) => void,
) {
  return {
    log(level: Level, context: string, message: string): void {
      const text = new TextEncoder().encode(context === '' ? message : `${context}: ${message}`)
      budget(text.length)
      const lines = createLineBuffer((line) =>
        log({ plugin, level: LEVELS.get(level) ?? 'info', stream: 'log', message: line }),
      )
      lines.write(text)
      lines.end()
    },
  }
}
