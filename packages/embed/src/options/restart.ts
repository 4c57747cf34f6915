import * as z from '@wasm-plugin/manifest/shape'
import { milliseconds } from '../milliseconds.js'

/** What becomes of a plugin whose instances keep ending. */
export interface RestartOptions {
  /** Instances that may end within a minute, each of which the next call replaces. One more, and the plugin is suspended. @default 10 */
  maxPerMinute: number
  /** Milliseconds until one call is let in, which decides whether others are. Each failure of it doubles them, up to 64 times. @default 1_000 */
  backoffMs: number
  /**
   * What happens to calls of a suspended plugin: they fail with PLUGIN_SUSPENDED, or are answered by a function of the
   * application (in threads alone), or the plugin is closed. @default 'fail-closed'
   */
  onExhausted: 'fail-closed' | 'unload' | Fallback
}

/** Answers a call in the place of a plugin: with what the contract has for it, or with a promise of that. */
export type Fallback = (call: {
  /** `namespace:package/interface#function` */
  readonly export: string
  readonly args: readonly unknown[]
}) => unknown

export const restartSchema = z.strictObject({
  maxPerMinute: z.optional(z.int().check(z.nonnegative(), z.maximum(10_000))),
  backoffMs: z.optional(milliseconds),
  onExhausted: z.optional(
    z.union([
      z.enum(['fail-closed', 'unload']),
      z.custom<Fallback>(
        (value) => typeof value === 'function',
        "expected 'fail-closed', 'unload' or a function",
      ),
    ]),
  ),
})

export const restartDefaults: RestartOptions = Object.freeze({
  maxPerMinute: 10,
  backoffMs: 1_000,
  onExhausted: 'fail-closed',
})
