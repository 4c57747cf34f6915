import { defaultInstanceLimits } from '@wasm-plugin/runtime'
import { z } from 'zod'
import type { AuditOptions } from './audit/index.js'
import type { GrantsInput } from './capability/index.js'
import { errors } from './errors/index.js'

/** Functions that the application offers to plugins, by interface. A version in the key is optional. */
export type HostImports = Record<string, unknown>

/** Limits of one plugin. Every size that a plugin controls has one. */
export interface PluginLimits {
  /** Milliseconds one call may take, waiting included. @default 5_000 */
  timeoutMs: number
  /** Milliseconds the plugin may take to start. @default 10_000 */
  startMs: number
  /** Bytes of each linear memory. @default 256 MiB */
  memoryBytes: number
  /** Linear memories of one instance; with `memoryBytes`, the bound of what it can allocate. @default 16 */
  memories: number
  /** Elements of each table. @default 100_000 */
  tableElements: number
  /** Resource handles alive at a time. @default 100_000 */
  handles: number
  /** Bytes of one string or list crossing the boundary. @default 64 MiB */
  valueBytes: number
  /** JavaScript values made for one call's arguments or result. @default 4_000_000 */
  liftedValues: number
  /** Megabytes of JavaScript heap of the plugin's thread. @default 512 */
  heapMb: number
  /** Units of work per call. @default unmetered in a thread, 1_000_000_000 (about a tenth of a second of computing) inline */
  fuel?: number
  /** Bytes of the component file. @default 64 MiB */
  componentBytes: number
}

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

/** What runs components: `runtime` is the framework's own, `jco` an optional peer for comparison. */
export type EngineName = 'runtime' | 'jco'

export interface HostOptions {
  /** Defaults for the limits of every plugin. */
  limits?: Partial<PluginLimits>
}

export interface LoadOptions {
  /** Unique in the host. @default the name in the manifest, else the file's name */
  name?: string
  /** What the plugin may use. Nothing is granted by default. */
  grants?: GrantsInput
  /** Functions of the application that the plugin may call, by interface. */
  imports?: HostImports
  /** Exports that the application relies on; the load fails if one is missing. */
  expects?: readonly string[]
  /** @default 'worker' */
  isolation?: Isolation
  /** What runs the component. `jco` needs the package `@bytecodealliance/jco-transpile`. @default 'runtime' */
  engine?: EngineName
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

/** A call in the application's thread is always bounded: nothing else could end it. */
const DEFAULT_INLINE_FUEL = 1_000_000_000

const DEFAULT_AUDIT_BYTES = 64 << 20

const positive = z.number().int().positive()
const limits = z.strictObject({
  timeoutMs: positive.optional(),
  startMs: positive.optional(),
  memoryBytes: positive.max(2 ** 32).optional(),
  memories: positive.optional(),
  tableElements: positive.optional(),
  handles: positive.optional(),
  valueBytes: positive.max(2 ** 31 - 1).optional(),
  liftedValues: positive.optional(),
  heapMb: positive.min(16).optional(),
  fuel: positive.optional(),
  componentBytes: positive.optional(),
})
const hostSchema = z.strictObject({ limits: limits.optional() })
const loadSchema = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  grants: z.unknown().optional(),
  imports: z.record(z.string(), z.unknown()).optional(),
  expects: z.array(z.string()).optional(),
  isolation: z.enum(['worker', 'inline']).optional(),
  engine: z.enum(['runtime', 'jco']).optional(),
  limits: limits.optional(),
  pool: z
    .strictObject({ instances: positive.max(64).optional(), queue: z.number().int().min(0).optional() })
    .optional(),
  integrity: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')
    .optional(),
  learn: z.boolean().optional(),
  audit: z
    .union([z.string().min(1), z.strictObject({ file: z.string().min(1), maxBytes: positive.optional() })])
    .optional(),
})
const callSchema = z.strictObject({
  timeoutMs: positive.optional(),
  signal: z.instanceof(AbortSignal).optional(),
})

const defaults: PluginLimits = {
  ...defaultInstanceLimits,
  timeoutMs: 5_000,
  startMs: 10_000,
  heapMb: 512,
  componentBytes: 64 << 20,
}

/** Checked options, with every default filled in. */
export interface ResolvedLoadOptions {
  readonly name: string | undefined
  readonly grants: unknown
  readonly imports: ReadonlyMap<string, unknown>
  readonly expects: readonly string[]
  readonly isolation: Isolation
  readonly engine: EngineName
  readonly limits: Readonly<PluginLimits>
  readonly pool: Readonly<PoolOptions>
  readonly integrity: string | undefined
  readonly audit: Required<AuditOptions> | undefined
  readonly learn: boolean
}

/** @throws {OPTIONS_INVALID} */
export function resolveHostOptions(input: HostOptions): Readonly<PluginLimits> {
  return Object.freeze({ ...defaults, ...defined(parse(hostSchema, input, 'createHost').limits ?? {}) })
}

/** @throws {OPTIONS_INVALID} */
export function resolveLoadOptions(input: LoadOptions, base: Readonly<PluginLimits>): ResolvedLoadOptions {
  const parsed = parse(loadSchema, input, 'load')
  return Object.freeze({
    name: parsed.name,
    grants: parsed.grants,
    imports: new Map(Object.entries(parsed.imports ?? {})),
    expects: parsed.expects ?? [],
    isolation: parsed.isolation ?? 'worker',
    engine: parsed.engine ?? 'runtime',
    limits: Object.freeze({
      ...(parsed.isolation === 'inline' ? { fuel: DEFAULT_INLINE_FUEL } : {}),
      ...base,
      ...defined(parsed.limits ?? {}),
    }),
    pool: Object.freeze({ instances: 1, queue: 1_000, ...defined(parsed.pool ?? {}) }),
    integrity: parsed.integrity,
    audit: auditOptions(parsed.audit),
    learn: parsed.learn ?? false,
  })
}

function auditOptions(input: z.infer<typeof loadSchema>['audit']): Required<AuditOptions> | undefined {
  if (input === undefined) return undefined
  const { file, maxBytes = DEFAULT_AUDIT_BYTES } = typeof input === 'string' ? { file: input } : input
  return { file, maxBytes }
}

/** @throws {OPTIONS_INVALID} */
export function checkCallOptions(input: CallOptions): CallOptions {
  parse(callSchema, input, 'call')
  return input
}

function parse<T>(schema: z.ZodType<T>, input: unknown, where: string): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = [where, ...(issue?.path ?? []).map(String)].join('.')
  throw errors.OPTIONS_INVALID({ path, reason: issue?.message ?? 'not an object' })
}

/** Drops keys that are present but undefined, so that they do not hide a default. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
