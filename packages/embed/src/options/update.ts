import * as z from '@wasm-plugin/manifest/shape'
import type { GrantsInput } from '@wasm-plugin/wasi'
import { milliseconds } from '../milliseconds.js'
import type { PluginSource } from '../plugin-source.js'
import { drainMs } from './close.js'
import { debugOption } from './debug.js'
import { defined, fieldsOf, parse } from './parse.js'
import { digest } from './schema.js'

/** `X` is the type of the plugin's exports. */
export interface UpdateOptions<X = unknown> {
  /**
   * What the new build may use. Giving them is the consent to what it asks for and the present one does not.
   *
   * @default those of the present build, whose requests it must not go beyond
   */
  grants?: GrantsInput
  /** Calls the new build before it takes over, which it does not when this throws or rejects. */
  check?: (exports: X) => unknown
  /**
   * Names of two exports by which state goes over: what `save` of the present build returns, `restore` of the new one is
   * given. Calls wait meanwhile.
   */
  handOver?: { save: string; restore: string }
  /** Puts the present build back when the new one fails too often. @default it does not come back */
  rollback?: Partial<RollbackOptions>
  /** Milliseconds that calls in the present build get to end. @default as long as their deadlines */
  drainMs?: number
  /** `sha256:` and the hex digest that the component must have. */
  integrity?: string
  /** Where debug information of the new build is, as for `load`: that of the present one is not used for it. */
  debug?: PluginSource
  /** Gives the update up, before the new build has taken over. */
  signal?: AbortSignal
}

export interface RollbackOptions {
  /** Milliseconds after the update in which the new build is watched. @default 60_000 */
  windowMs: number
  /** Calls, before which nothing is decided. @default 10 */
  calls: number
  /** Faults among its calls above which the build before comes back: 0.1 is one in ten. @default 0.1 */
  faults: number
}

/** Checked, with every default of what is given filled in. */
export type ResolvedUpdateOptions = Omit<UpdateOptions, 'rollback'> & { readonly rollback?: RollbackOptions }

const updateSchema = z.strictObject({
  check: z.optional(z.custom<() => unknown>((value) => typeof value === 'function', 'expected function')),
  handOver: z.optional(z.strictObject({ save: z.string(), restore: z.string() })),
  rollback: z.optional(
    z.strictObject({
      windowMs: z.optional(milliseconds),
      calls: z.optional(z.int().check(z.positive())),
      faults: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
    }),
  ),
  drainMs,
  integrity: digest,
  signal: z.optional(z.instanceof(AbortSignal)),
})

/** @throws {OPTIONS_INVALID} */
export function checkUpdateOptions(input: UpdateOptions<never>): ResolvedUpdateOptions {
  // What is in these two is not ours to copy.
  const { grants, debug: given, ...options } = fieldsOf(input, 'update')
  const debug = debugOption(given, 'update')
  const { rollback, ...parsed } = parse(updateSchema, options, 'update')
  return {
    ...(defined(parsed) as Omit<UpdateOptions, 'rollback'>),
    ...(grants && { grants }),
    ...(debug && { debug }),
    ...(rollback && { rollback: { windowMs: 60_000, calls: 10, faults: 0.1, ...defined(rollback) } }),
  }
}
