import { describeIssue } from '@wasm-plugin/manifest'
import * as z from 'zod/mini'
import type { AuditOptions } from './audit/index.js'
import { errors } from './errors/index.js'
import type { GrantsInput } from './grants/index.js'
import { limitsSchema, type PluginLimits, resolveLimits } from './limits.js'
import { milliseconds } from './milliseconds.js'
import { ownData } from './own-data.js'

/** Functions that the application offers to plugins, by interface. A version in the key is optional. */
export type HostImports = Record<string, unknown>

export interface PoolOptions {
  /** Instances of the plugin that may run at a time. More than one means that calls share no state. @default 1 */
  instances: number
  /** Calls that may wait for an instance. @default 1_000 */
  queue: number
}

/**
 * Where a plugin runs. `worker`: a thread of its own, ended at the deadline. `inline`: the application's thread,
 * called without a promise, bounded by fuel, unable to wait.
 */
export type Isolation = 'worker' | 'inline'

export interface HostOptions {
  /** Defaults for the limits of every plugin. */
  limits?: Partial<PluginLimits>
}

/** Of a plugin in a thread of its own, or of one that shares the application's: `isolation` decides what `load` gives. */
export type LoadOptions<I = HostImports> = ThreadLoadOptions<I> | InlineLoadOptions<I>

export interface ThreadLoadOptions<I = HostImports> extends SharedLoadOptions<I> {
  /** @default 'worker' */
  isolation?: 'worker'
}

export interface InlineLoadOptions<I = HostImports> extends SharedLoadOptions<I> {
  isolation: 'inline'
}

/** `I` is the type of `imports`, as `wasm-plugin types` writes it. */
export interface SharedLoadOptions<I = HostImports> {
  /** Unique in the host. @default the name in the manifest, else the file's name */
  name?: string
  /** What the plugin may use. Nothing is granted by default. */
  grants?: GrantsInput
  /** What the plugin may call of the application, by interface; of the world itself, functions and classes by name. */
  imports?: I
  /** Exports that the application relies on; the load fails if one is missing. */
  requires?: readonly string[]
  limits?: Partial<PluginLimits>
  pool?: Partial<PoolOptions>
  /** `sha256:` and the hex digest that the component must have. */
  integrity?: string
  /**
   * Remembers what the plugin uses of its grants, for `plugin.learned()`: grant a generous scope, let the plugin work,
   * and load it with what it needed. @default false
   */
  learn?: boolean
  /** A file that gets one JSON line per decision, and one last line with the counts when the plugin is closed. */
  audit?: string | AuditOptions
}

export interface CallOptions {
  /** Milliseconds for this call. @default `limits.timeoutMs` */
  timeoutMs?: number
  /** Aborting ends the instance, since a running plugin cannot be asked to stop. */
  signal?: AbortSignal
}

const DEFAULT_AUDIT_BYTES = 64 << 20

const filePath = z.string().check(
  z.minLength(1),
  z.refine((path) => !path.includes('\0'), 'the path holds a NUL character'),
)
const positive = z.int().check(z.positive())
const atMost = (max: number) => positive.check(z.maximum(max))
const hostSchema = z.strictObject({ limits: z.optional(limitsSchema) })
const loadSchema = z.strictObject({
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  requires: z.optional(z.array(z.string())),
  isolation: z.optional(z.enum(['worker', 'inline'])),
  limits: z.optional(limitsSchema),
  pool: z.optional(
    z.strictObject({
      instances: z.optional(atMost(64)),
      queue: z.optional(z.int().check(z.nonnegative())),
    }),
  ),
  integrity: z.optional(
    z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')),
  ),
  learn: z.optional(z.boolean()),
  audit: z.optional(z.union([filePath, z.strictObject({ file: filePath, maxBytes: z.optional(positive) })])),
})
const callSchema = z.strictObject({
  timeoutMs: z.optional(milliseconds),
  signal: z.optional(z.instanceof(AbortSignal)),
})

/** Checked options, with every default filled in. */
export interface ResolvedLoadOptions {
  readonly name: string | undefined
  readonly grants: unknown
  readonly imports: ReadonlyMap<string, unknown>
  readonly requires: readonly string[]
  readonly isolation: Isolation
  readonly limits: Readonly<PluginLimits>
  readonly pool: Readonly<PoolOptions>
  readonly integrity: string | undefined
  readonly audit: Required<AuditOptions> | undefined
  readonly learn: boolean
}

/** @throws {OPTIONS_INVALID} */
export function resolveHostOptions(input: HostOptions): Readonly<Partial<PluginLimits>> {
  const limits = defined(parse(hostSchema, input, 'createHost').limits ?? {})
  resolveLimits(limits, { where: 'createHost', isInline: false })
  return Object.freeze(limits)
}

/** @throws {OPTIONS_INVALID} */
export function resolveLoadOptions(
  input: LoadOptions<unknown>,
  base: Readonly<Partial<PluginLimits>>,
): ResolvedLoadOptions {
  // What is in these two is not ours to copy: objects with methods, and grants, which have a schema of their own.
  const { grants, imports, ...options } = Object.assign(Object.create(null), input) as LoadOptions<unknown>
  const parsed = parse(loadSchema, options, 'load')
  return Object.freeze({
    name: parsed.name,
    grants,
    imports: new Map(importEntries(imports)),
    requires: parsed.requires ?? [],
    isolation: parsed.isolation ?? 'worker',
    limits: resolveLimits(
      { ...base, ...defined(parsed.limits ?? {}) },
      { where: 'load', isInline: parsed.isolation === 'inline' },
    ),
    pool: Object.freeze({ instances: 1, queue: 1_000, ...defined(parsed.pool ?? {}) }),
    integrity: parsed.integrity,
    audit: auditOptions(parsed.audit),
    learn: parsed.learn ?? false,
  })
}

function importEntries(imports: unknown): [string, unknown][] {
  if (imports === undefined) return []
  if (typeof imports === 'object' && imports !== null && !Array.isArray(imports))
    return Object.entries(imports)
  throw errors.OPTIONS_INVALID({ path: 'load.imports', reason: 'expected object' })
}

function auditOptions(input: z.infer<typeof loadSchema>['audit']): Required<AuditOptions> | undefined {
  if (input === undefined) return undefined
  const { file, maxBytes = DEFAULT_AUDIT_BYTES } = typeof input === 'string' ? { file: input } : input
  return { file, maxBytes }
}

/** @throws {OPTIONS_INVALID} */
export function checkCallOptions(input: CallOptions): CallOptions {
  return parse(callSchema, input, 'call') as CallOptions
}

function parse<S extends z.ZodMiniType>(schema: S, input: unknown, where: string): z.infer<S> {
  const invalid = (path: string, reason: string) =>
    errors.OPTIONS_INVALID({ path: path === '' ? where : `${where}.${path}`, reason })
  const result = schema.safeParse(ownData(input, invalid), { reportInput: true })
  if (result.success) return ownData(result.data, invalid) as z.infer<S>
  const { path, reason } = describeIssue(result.error.issues[0])
  throw invalid(path, reason)
}

/** Drops keys that are present but undefined, so that they do not hide a default. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
