import { showLines, showText } from '../text/index.js'
import { type Origin, PluginError } from './plugin-error.js'

/** One row of an error table: everything that is known about a code before it happens. */
export interface ErrorRow<D> {
  origin: Origin | ((data: D) => Origin)
  /** One sentence for `docs/errors.md`. */
  summary: string
  message: (data: D) => string
  hint: string | ((data: D) => string)
  /** The facts are text of a tool or a file that has lines of its own; else a line end in one is shown as an escape. */
  multiline?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the row's own parameter type is recovered by `ErrorFactories`.
type AnyRow = ErrorRow<any>

export type ErrorFactories<T extends Record<string, AnyRow>> = {
  readonly [C in keyof T]: (data: Parameters<T[C]['message']>[0], cause?: unknown) => PluginError
}

/** A code of a table with what the documentation says of it. */
export interface ErrorDoc {
  code: string
  origin: Origin
  summary: string
}

/**
 * Turns a table of rows into factories, so that a throw site names a code and its facts and nothing else:
 * `throw errors.UNKNOWN_EXPORT({ name, known })`.
 */
export function defineErrors<T extends Record<string, AnyRow>>(rows: T): ErrorFactories<T> {
  const factories = Object.create(null) as Record<string, (data: unknown, cause?: unknown) => PluginError>
  for (const [code, row] of Object.entries(rows)) {
    factories[code] = (data, cause) => {
      const shown = showFacts(data, row.multiline === true ? showLines : showText)
      return new PluginError({
        code,
        message: showLines(row.message(shown)),
        hint: typeof row.hint === 'string' ? row.hint : showLines(row.hint(shown)),
        origin: originOf(row, data ?? {}),
        data: (data ?? {}) as Record<string, unknown>,
        cause,
      })
    }
  }
  return Object.freeze(factories) as ErrorFactories<T>
}

function originOf({ origin }: AnyRow, data: unknown): Origin {
  return typeof origin === 'function' ? origin(data) : origin
}

/** Facts as a message may hold them: many are names and texts that a plugin chose. */
function showFacts(data: unknown, show: (text: string) => string): unknown {
  const shown = (value: unknown) => (typeof value === 'string' ? show(value) : value)
  const entries = Object.entries(data ?? {}).map(([name, fact]) => [
    name,
    Array.isArray(fact) ? fact.map(shown) : shown(fact),
  ])
  return Object.fromEntries(entries)
}

/** The table as documentation, in declaration order; where the origin depends on facts, that without any. */
export function describeErrors(rows: Record<string, AnyRow>): ErrorDoc[] {
  return Object.entries(rows).map(([code, row]) => ({
    code,
    origin: originOf(row, {}),
    summary: row.summary,
  }))
}
