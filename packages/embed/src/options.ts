import type { Manifest } from '@wasm-plugin/manifest'
import { withoutVersion } from '@wasm-plugin/manifest/names'
import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { checkGrants, type GrantsInput, type MissingRequests, ownData } from '@wasm-plugin/wasi'
import type { Capability } from './capability/capability.js'
import { type GatedImports, gatedImports, taken } from './capability/gated-imports.js'
import { checkRules, readCapabilities } from './capability/read.js'
import { errors } from './errors/index.js'
import { limitsSchema, type PluginLimits, resolveLimits } from './limits.js'
import { milliseconds } from './milliseconds.js'
import type { PluginResolver } from './plugin-resolver.js'
import { type RestartOptions, restartDefaults, restartSchema } from './restart-options.js'

/** Functions that the application offers to plugins, by interface. A version in the key is optional. */
export type HostImports = Record<string, unknown>

export interface PoolOptions {
  /** Instances of the plugin that may run at a time. More than one means that calls share no state. @default 1 */
  instances: number
  /** Calls that may wait for an instance. @default 1_000 */
  queue: number
  /**
   * Milliseconds after which an instance that nobody calls ends, with its thread and its state; the next call gets a fresh
   * one. One that has taken part in a call with resources stays. @default they stay
   */
  idleMs?: number
}

/**
 * Where a plugin runs. `worker`: a thread of its own, ended at the deadline. `inline`: the application's thread,
 * called without a promise, bounded by fuel, unable to wait.
 */
export type Isolation = 'worker' | 'inline'

export interface AuditOptions {
  /** Relative to the working directory; made if it does not exist. Several plugins may share one. */
  file: string
  /** Bytes of decisions that one load may add to the file; later ones are counted and not written. @default 64 MiB */
  maxBytes?: number
}

/** What `load` takes when it is given nothing else. */
export interface HostOptions {
  /** Each limit that `load` is not given. */
  limits?: Partial<PluginLimits>
  /** The grants of a plugin that is loaded without any of its own. */
  grants?: GrantsInput
  /** Functions for every plugin, by interface. An interface that `load` is given takes the place of the same one here. */
  imports?: HostImports
  /** The audit file of every plugin that is loaded without one of its own. */
  audit?: string | AuditOptions
  /** Asked for every plugin that is loaded without a hook of its own. */
  onRequest?: OnRequest
  /** Capabilities of the application's own, beside those of every host. */
  capabilities?: readonly Capability[]
  /**
   * Threads that are started ahead: a plugin that gets one is there in a few milliseconds instead of some fifty. Each takes some
   * 10 MB while it waits, so there are none unless asked for. They are for plugins with the `heapBytes` of these `limits`.
   * @default 0
   */
  warmThreads?: number
  /** Finds plugins that are loaded by their names: `await createRegistry()` of `@wasm-plugin/registry`. */
  registry?: PluginResolver
}

/**
 * Asked once, before anything of the plugin runs, when its manifest asks for something that nothing grants. What it
 * answers are the grants of the plugin, in the place of those in the question; with no answer those hold, and the plugin
 * is loaded without what is missing.
 */
export type OnRequest = (request: GrantRequest) => GrantsInput | undefined | Promise<GrantsInput | undefined>

export interface GrantRequest {
  readonly plugin: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  readonly manifest: Manifest
  /** What the manifest asks for and no grant has a part of, each with its reason. */
  readonly missing: MissingRequests
  /** What would hold without an answer. */
  readonly grants: GrantsInput
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
  /** What the plugin may use. @default those of the host, which are none by default */
  grants?: GrantsInput
  /** What the plugin may call of the application, by interface; of the world itself, functions and classes by name. */
  imports?: I
  /** Exports that the application relies on; the load fails if one is missing. */
  requires?: readonly string[]
  limits?: Partial<PluginLimits>
  pool?: Partial<PoolOptions>
  /** Suspends the plugin when its instances keep ending. @default each call after a fault gets a fresh instance */
  restart?: Partial<RestartOptions>
  /** Asked when the plugin's manifest asks for more than is granted. @default the host's, else nobody is asked */
  onRequest?: OnRequest
  /** Ends the load; a plugin that is loaded stays. */
  signal?: AbortSignal
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
const auditSchema = z.union([filePath, z.strictObject({ file: filePath, maxBytes: z.optional(positive) })])
const hook = z.optional(z.custom<OnRequest>((value) => typeof value === 'function', 'expected function'))
/** Checked elsewhere, and known here by their names. */
const elsewhere = { grants: z.optional(z.unknown()), imports: z.optional(z.unknown()) }
/** That a component must have. */
export const digest = z.optional(
  z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')),
)
const hostSchema = z.strictObject({
  ...elsewhere,
  limits: z.optional(limitsSchema),
  audit: z.optional(auditSchema),
  onRequest: hook,
  warmThreads: z.optional(z.int().check(z.nonnegative(), z.maximum(64))),
})
const loadSchema = z.strictObject({
  ...elsewhere,
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  requires: z.optional(z.array(z.string())),
  isolation: z.optional(z.enum(['worker', 'inline'])),
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
  audit: z.optional(auditSchema),
  onRequest: hook,
  signal: z.optional(z.instanceof(AbortSignal)),
})
const callSchema = z.strictObject({
  timeoutMs: z.optional(milliseconds),
  signal: z.optional(z.instanceof(AbortSignal)),
})

/** Checked options, with every default filled in. */
export interface ResolvedLoadOptions {
  readonly name: string | undefined
  readonly grants: GrantsInput
  readonly onRequest: OnRequest | undefined
  readonly registry: PluginResolver | undefined
  readonly signal: AbortSignal | undefined
  readonly imports: ReadonlyMap<string, unknown>
  readonly capabilities: readonly Capability[]
  /** Those functions among `imports` that belong to capabilities. */
  readonly gated: GatedImports
  readonly requires: readonly string[]
  readonly isolation: Isolation
  readonly limits: Readonly<PluginLimits>
  readonly pool: Readonly<PoolOptions>
  readonly restart: Readonly<RestartOptions> | undefined
  readonly integrity: string | undefined
  readonly audit: Required<AuditOptions> | undefined
  readonly learn: boolean
}

/** Threads that are started before there is a plugin for them. */
export interface WarmThreads {
  readonly count: number
  /** Bytes of their JavaScript heap: a plugin that may have more or less gets another. */
  readonly heapBytes: number
}

/** What a host gives to loads that do not say otherwise. */
export interface HostDefaults {
  readonly limits: Readonly<Partial<PluginLimits>>
  readonly grants: GrantsInput
  readonly imports: readonly (readonly [string, unknown])[]
  readonly audit: Required<AuditOptions> | undefined
  readonly onRequest: OnRequest | undefined
  readonly registry: PluginResolver | undefined
  readonly capabilities: readonly Capability[]
  readonly warmThreads: WarmThreads
}

/** @throws {OPTIONS_INVALID} {GRANTS_INVALID} {UNKNOWN_GRANT} */
export function resolveHostOptions(input: HostOptions): HostDefaults {
  const { grants, imports, registry, capabilities: own, ...options } = fieldsOf(input, 'createHost')
  const parsed = parse(hostSchema, options, 'createHost')
  const limits = defined(parsed.limits ?? {})
  const { heapBytes } = resolveLimits(limits, { where: 'createHost', isInline: false })
  // A mistake in them is that of the host, and not of whatever is loaded first.
  const capabilities = readCapabilities(own)
  checkRules(checkGrants(grants ?? {}), capabilities)
  return Object.freeze({
    limits,
    grants: grants ?? {},
    imports: importEntries(imports, 'createHost'),
    audit: auditOptions(parsed.audit),
    onRequest: parsed.onRequest,
    registry: registryOption(registry),
    capabilities,
    warmThreads: Object.freeze({ count: parsed.warmThreads ?? 0, heapBytes }),
  })
}

/** @throws {OPTIONS_INVALID} */
export function resolveLoadOptions(
  input: LoadOptions<unknown>,
  host: HostDefaults,
  where: 'load' | 'inspect' = 'load',
): ResolvedLoadOptions {
  // What is in these two is not ours to copy: objects with methods, and grants, which have a schema of their own.
  const { grants, imports, ...options } = fieldsOf(input, where)
  const parsed = parse(loadSchema, options, where)
  const gated = gatedImports(host.capabilities)
  return Object.freeze({
    name: parsed.name,
    grants: grants ?? host.grants,
    onRequest: parsed.onRequest ?? host.onRequest,
    registry: host.registry,
    signal: parsed.signal,
    imports: mergedImports(host.imports, importEntries(imports, where), gated),
    gated,
    capabilities: host.capabilities,
    requires: parsed.requires ?? [],
    isolation: parsed.isolation ?? 'worker',
    limits: resolveLimits(
      { ...host.limits, ...defined(parsed.limits ?? {}) },
      { where, isInline: parsed.isolation === 'inline' },
    ),
    pool: Object.freeze({ instances: 1, queue: 1_000, ...defined(parsed.pool ?? {}) }),
    restart: restartOption(parsed.restart, { where, isInline: parsed.isolation === 'inline' }),
    integrity: parsed.integrity,
    audit: auditOptions(parsed.audit) ?? host.audit,
    learn: parsed.learn ?? false,
  })
}

/** The same options for another build of a plugin, whose uses another gate decides about. */
export function regated(options: ResolvedLoadOptions): ResolvedLoadOptions {
  const gated = gatedImports(options.capabilities)
  return { ...options, gated, imports: new Map([...options.imports, ...gated.entries]) }
}

type ImportEntries = readonly (readonly [string, unknown])[]

/** By name; an interface of the load stands for every version of it that the host has, and none for that of a capability. */
function mergedImports(
  host: ImportEntries,
  load: ImportEntries,
  { entries, owners }: GatedImports,
): ReadonlyMap<string, unknown> {
  const own = new Set(load.map(([name]) => withoutVersion(name)))
  const given = [...host.filter(([name]) => !own.has(withoutVersion(name))), ...load]
  for (const [name] of given) {
    const owner = owners.get(withoutVersion(name))
    if (owner !== undefined) throw taken('imports', name, owner)
  }
  return new Map([...given, ...entries])
}

function importEntries(imports: unknown, where: string): ImportEntries {
  if (imports === undefined) return []
  return Object.entries(fieldsOf(imports as object, `${where}.imports`))
}

/** Its own fields, as they are: what they hold may be objects with methods. @throws {OPTIONS_INVALID} */
export function fieldsOf<T extends object>(input: T, where: string): T {
  const { issue } = checkShape(anyObject, input)
  if (issue !== undefined) throw errors.OPTIONS_INVALID({ path: where, reason: issue.reason })
  return Object.assign(Object.create(null), input)
}

const anyObject = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected object',
)

function auditOptions(input: z.infer<typeof loadSchema>['audit']): Required<AuditOptions> | undefined {
  if (input === undefined) return undefined
  const { file, maxBytes = DEFAULT_AUDIT_BYTES } = typeof input === 'string' ? { file: input } : input
  return { file, maxBytes }
}

function restartOption(
  restart: z.infer<typeof restartSchema> | undefined,
  { where, isInline }: { where: string; isInline: boolean },
): RestartOptions | undefined {
  if (restart === undefined) return undefined
  if (isInline && typeof restart.onExhausted === 'function')
    throw errors.OPTIONS_INVALID({
      path: `${where}.restart.onExhausted`,
      reason: 'nothing answers in the place of an inline plugin',
      fix: 'Leave it out, and catch PLUGIN_SUSPENDED where the plugin is called.',
    })
  return { ...restartDefaults, ...defined(restart) }
}

/** It is used as it is: a copy would not have its methods. */
function registryOption(registry: unknown): PluginResolver | undefined {
  const { data, issue } = checkShape(registrySchema, registry)
  if (issue === undefined) return data
  throw errors.OPTIONS_INVALID({ path: 'createHost.registry', reason: issue.reason })
}

const registrySchema = z.optional(
  z.custom<PluginResolver>(
    (value) => typeof (value as PluginResolver | null)?.resolve === 'function',
    'expected what `await createRegistry()` gives, or another object with `resolve`',
  ),
)

/** @throws {OPTIONS_INVALID} */
export function checkCallOptions(input: CallOptions, where: 'call' | 'with'): CallOptions {
  return parse(callSchema, fieldsOf(input, where), where) as CallOptions
}

/** @throws {OPTIONS_INVALID} */
export function parse<S extends z.ZodMiniType>(schema: S, input: unknown, where: string): z.infer<S> {
  const invalid = (path: string, reason: string, fix?: string) =>
    errors.OPTIONS_INVALID({ path: path === '' ? where : `${where}.${path}`, reason, fix })
  const { data, issue } = checkShape(schema, ownData(input, invalid))
  if (issue !== undefined) throw invalid(issue.path, issue.reason, issue.fix)
  return ownData(data, invalid) as z.infer<S>
}

/** Drops keys that are present but undefined, so that they do not hide a default. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
