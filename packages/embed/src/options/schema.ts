import * as z from '@wasm-plugin/manifest/shape'
import type { OnInformational } from '../http/incoming-exchange.js'
import { limitsSchema } from '../limits.js'
import { milliseconds } from '../milliseconds.js'
import type { OnRequest } from './given.js'
import { restartSchema } from './restart.js'

const filePath = z.string().check(
  z.minLength(1),
  z.refine((path) => !path.includes('\0'), 'the path holds a NUL character'),
)
const positive = z.int().check(z.positive())
const atMost = (max: number) => positive.check(z.maximum(max))
const auditSchema = z.union([filePath, z.strictObject({ file: filePath, maxBytes: z.optional(positive) })])
const hook = z.optional(z.custom<OnRequest>((value) => typeof value === 'function', 'expected function'))
/** Checked elsewhere, and known here by their names. */
const elsewhere = {
  grants: z.optional(z.unknown()),
  imports: z.optional(z.unknown()),
}
/** That a component must have. */
export const digest = z.optional(
  z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')),
)
export const hostSchema = z.strictObject({
  ...elsewhere,
  limits: z.optional(limitsSchema),
  audit: z.optional(auditSchema),
  onRequest: hook,
  budget: z.optional(
    z.strictObject({
      threads: z.optional(positive),
      processes: z.optional(positive),
      memoryBytes: z.optional(positive),
      queuedCalls: z.optional(z.int().check(z.nonnegative())),
    }),
  ),
  dev: z.optional(z.boolean()),
  warmThreads: z.optional(z.int().check(z.nonnegative(), z.maximum(64))),
})
export const loadSchema = z.strictObject({
  ...elsewhere,
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  requires: z.optional(z.array(z.string())),
  isolation: z.optional(z.enum(['worker', 'process', 'inline'])),
  limits: z.optional(limitsSchema),
  pool: z.optional(
    z.strictObject({
      instances: z.optional(atMost(64)),
      queue: z.optional(z.int().check(z.nonnegative())),
      idleMs: z.optional(milliseconds),
    }),
  ),
  restart: z.optional(restartSchema),
  integrity: digest,
  learn: z.optional(z.boolean()),
  profile: z.optional(z.enum(['fuel'])),
  stepping: z.optional(z.boolean()),
  snapshot: z.optional(z.boolean()),
  audit: z.optional(auditSchema),
  onRequest: hook,
  signal: z.optional(z.instanceof(AbortSignal)),
})
const call = { timeoutMs: z.optional(milliseconds), signal: z.optional(z.instanceof(AbortSignal)) }
export const callSchema = z.strictObject(call)
export const profileSchema = z.strictObject({ by: z.optional(z.enum(['time', 'fuel'])) })
const given = z.string().check(z.refine((text) => !text.includes('\0'), 'it holds a NUL character'))
const variable = z
  .string()
  .check(z.regex(/^[^=\0]+$/, 'the name of a variable is not empty, and has no "=" and no NUL character'))
export const runSchema = z.strictObject({
  ...call,
  args: z.optional(z.array(given)),
  env: z.optional(z.record(variable, given)),
  stderr: z.optional(z.enum(['stream', 'log'])),
})
export const outputSchema = z.strictObject({ maxBytes: z.optional(z.int().check(z.nonnegative())) })
const handle = {
  reuse: z.optional(positive),
  onInformational: z.optional(
    z.custom<OnInformational>((value) => typeof value === 'function', 'expected function'),
  ),
}
export const handleSchema = z.strictObject({ ...call, ...handle })
export const inlineHandleSchema = z.strictObject({ signal: call.signal, ...handle })
