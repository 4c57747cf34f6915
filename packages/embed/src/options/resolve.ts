import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { checkGrants, LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import { gatedImports } from '../capability/gated-imports.js'
import { checkRules, readCapabilities } from '../capability/read.js'
import { errors } from '../errors/index.js'
import { resolveLimits } from '../limits.js'
import type { PluginResolver } from '../plugin-resolver.js'
import { isInput, type OutputOptions } from '../program/program-input.js'
import type { Telemetry } from '../telemetry.js'
import { debugOption } from './debug.js'
import type {
  AuditOptions,
  CallOptions,
  HandleOptions,
  HostOptions,
  InlineHandleOptions,
  LoadOptions,
  RunOptions,
} from './given.js'
import { importEntries, mergedImports } from './imports.js'
import { defined, fieldsOf, parse } from './parse.js'
import type { ProfileOptions } from './profile.js'
import type { HostDefaults, ResolvedLoadOptions } from './resolved.js'
import { type RestartOptions, restartDefaults, type restartSchema } from './restart.js'
import {
  callSchema,
  handleSchema,
  hostSchema,
  inlineHandleSchema,
  loadSchema,
  outputSchema,
  profileSchema,
  runSchema,
} from './schema.js'

const DEFAULT_AUDIT_BYTES = 64 << 20

/** @throws {OPTIONS_INVALID} {GRANTS_INVALID} {UNKNOWN_GRANT} */
export function resolveHostOptions(input: HostOptions): HostDefaults {
  const {
    grants,
    imports,
    registry,
    telemetry,
    capabilities: own,
    ...options
  } = fieldsOf(input, 'createHost')
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
    registry: objectOption(registrySchema, registry, 'registry'),
    telemetry: objectOption(telemetrySchema, telemetry, 'telemetry'),
    capabilities,
    dev: parsed.dev ?? false,
    budget: Object.freeze({
      threads: 256,
      processes: 64,
      queuedCalls: 100_000,
      ...defined(parsed.budget ?? {}),
    }),
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
  const { grants, imports, debug, ...options } = fieldsOf(input, where)
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
      {
        ...host.limits,
        ...(parsed.stepping && { timeoutMs: LONGEST_TIMER_MS }),
        ...defined(parsed.limits ?? {}),
      },
      { where, isInline: parsed.isolation === 'inline', isMetered: parsed.profile === 'fuel' },
    ),
    pool: Object.freeze({ instances: 1, queue: 1_000, ...defined(parsed.pool ?? {}) }),
    restart: restartOption(parsed.restart, { where, isInline: parsed.isolation === 'inline' }),
    integrity: parsed.integrity,
    audit: auditOptions(parsed.audit) ?? host.audit,
    learn: parsed.learn ?? false,
    stepping: checkedStepping(parsed, where),
    countsFuel: parsed.profile === 'fuel',
    snapshot: snapshotOption(parsed, where),
    debug: debugOption(debug, where),
  })
}

/** The same options for another build of a plugin, whose uses another gate decides about. */
export function regated(options: ResolvedLoadOptions): ResolvedLoadOptions {
  const gated = gatedImports(options.capabilities)
  return { ...options, gated, imports: new Map([...options.imports, ...gated.entries]) }
}

/** What the application's thread waits for may not stand still, and nothing looks into another process. */
function checkedStepping(
  { stepping = false, isolation = 'worker' }: z.infer<typeof loadSchema>,
  where: string,
) {
  if (stepping && isolation !== 'worker')
    throw errors.OPTIONS_INVALID({
      path: `${where}.stepping`,
      reason: 'a plugin is stepped through in a thread',
      fix: "Load it with `isolation: 'worker'`, which is the default.",
    })
  return stepping
}

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

function snapshotOption(
  { snapshot = false, isolation, pool }: z.infer<typeof loadSchema>,
  where: string,
): boolean {
  const refused = (reason: string, fix: string) =>
    errors.OPTIONS_INVALID({ path: `${where}.snapshot`, reason, fix })
  if (snapshot && isolation === 'inline')
    throw refused(
      'an inline plugin keeps its instance',
      'Leave it out: nothing ends an instance that is idle.',
    )
  if (snapshot && isolation === 'process')
    throw refused(
      'what a process has saved would go through a pipe, which takes time of the application',
      "Leave it out, or load the plugin without `isolation: 'process'`.",
    )
  if (snapshot && pool?.idleMs === undefined)
    throw refused('nothing ends an instance that is idle', 'Give `pool: { idleMs }` too.')
  return snapshot
}

/** It is used as it is: a copy would not have its methods. */
function objectOption<T>(schema: z.ZodMiniType<T>, given: unknown, name: string): T {
  const { data, issue } = checkShape(schema, given)
  if (issue === undefined) return data
  throw errors.OPTIONS_INVALID({ path: `createHost.${name}`, reason: issue.reason })
}

const registrySchema = z.optional(
  z.custom<PluginResolver>(
    (value) => typeof (value as PluginResolver | null)?.resolve === 'function',
    'expected what `await createRegistry()` gives, or another object with `resolve`',
  ),
)

const telemetrySchema = z.optional(
  z.custom<Telemetry>(
    (value) => typeof (value as Telemetry | null)?.begin === 'function',
    'expected what `openTelemetry()` gives, or another object with `begin`',
  ),
)

/** @throws {OPTIONS_INVALID} */
export function checkCallOptions(input: CallOptions, where: 'call' | 'with'): CallOptions {
  return parse(callSchema, fieldsOf(input, where), where) as CallOptions
}

/** @throws {OPTIONS_INVALID} */
export function checkHandleOptions(input: HandleOptions, where: 'handle' | 'fetch'): HandleOptions {
  return rightOf(input) ?? (parse(handleSchema, fieldsOf(input, where), where) as HandleOptions)
}

/** @throws {OPTIONS_INVALID} */
export function checkInlineHandleOptions(
  input: InlineHandleOptions,
  where: 'handle' | 'fetch',
): InlineHandleOptions {
  return rightOf(input) ?? (parse(inlineHandleSchema, fieldsOf(input, where), where) as InlineHandleOptions)
}

const OF_REQUESTS = new Set(['reuse', 'signal', 'onInformational'])

/** What most requests come with, which is read once; to see that it is right takes a fraction of what a schema does. */
function rightOf(input: HandleOptions): HandleOptions | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  if (Object.getPrototypeOf(input) !== Object.prototype) return undefined
  if (!Object.keys(input).every((key) => OF_REQUESTS.has(key))) return undefined
  const { reuse, signal, onInformational } = input
  const isRight =
    (reuse === undefined || (Number.isSafeInteger(reuse) && reuse > 0)) &&
    (signal === undefined || signal instanceof AbortSignal) &&
    (onInformational === undefined || typeof onInformational === 'function')
  return isRight ? ({ reuse, signal, onInformational } as HandleOptions) : undefined
}

/** Characters of the arguments and variables of a run: they are copied into the program's memory by itself. */
const MAX_TEXT = 1 << 20

/** @throws {OPTIONS_INVALID} */
export function checkRunOptions(input: RunOptions): RunOptions {
  const { stdin, ...options } = fieldsOf(input, 'run')
  const parsed = parse(runSchema, options, 'run') as RunOptions
  const { args = [], env = {} } = parsed
  const length = [...args, ...Object.entries(env).flat()].reduce((sum, text) => sum + text.length, 0)
  if (length > MAX_TEXT)
    throw errors.OPTIONS_INVALID({
      path: args.length === 0 ? 'run.env' : 'run.args',
      reason: `arguments and variables have ${MAX_TEXT} characters at most`,
    })
  if (!isInput(stdin))
    throw errors.OPTIONS_INVALID({
      path: 'run.stdin',
      reason: 'expected a text, a Uint8Array, or something that yields some',
    })
  return stdin === undefined ? parsed : { ...parsed, stdin }
}

/** @throws {OPTIONS_INVALID} */
export function checkProfileOptions(input: ProfileOptions): ProfileOptions {
  return parse(profileSchema, fieldsOf(input, 'profile'), 'profile') as ProfileOptions
}

/** @throws {OPTIONS_INVALID} */
export function checkOutputOptions(input: OutputOptions): OutputOptions {
  return parse(outputSchema, fieldsOf(input, 'output'), 'output') as OutputOptions
}
