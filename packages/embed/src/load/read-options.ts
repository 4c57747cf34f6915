import type { ResolvedLoadOptions } from '../options/resolved.js'
import type { PluginResolver } from '../plugin-resolver.js'

/** How far a plugin is read, from wherever it comes. */
export interface ReadOptions {
  readonly maxBytes: number
  /** Milliseconds that a transfer may take. */
  readonly timeoutMs: number
  readonly integrity: string | undefined
  /** Aborted with the error that reading fails with. */
  readonly ending: AbortSignal
  /** Finds plugins by their names. */
  readonly registry: PluginResolver | undefined
  /** What the application provides, and relies on. */
  readonly imports: readonly string[]
  readonly exports: readonly string[]
}

export function readOptionsOf(options: ResolvedLoadOptions, ending: AbortSignal): ReadOptions {
  const { limits, integrity, registry, imports, requires } = options
  return {
    maxBytes: limits.componentBytes,
    timeoutMs: limits.startMs,
    integrity,
    ending,
    registry,
    imports: [...imports.keys()],
    exports: requires,
  }
}
