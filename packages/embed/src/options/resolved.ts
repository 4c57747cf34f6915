import type { GrantsInput } from '@wasm-plugin/wasi'
import type { Capability } from '../capability/capability.js'
import type { GatedImports } from '../capability/gated-imports.js'
import type { PluginLimits } from '../limits.js'
import type { PluginResolver } from '../plugin-resolver.js'
import type { PluginSource } from '../plugin-source.js'
import type { Telemetry } from '../telemetry.js'
import type { AuditOptions, BudgetOptions, Isolation, OnRequest, PoolOptions } from './given.js'
import type { RestartOptions } from './restart.js'

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
  /** Whether a debugger may look at it. */
  readonly stepping: boolean
  /** Whether its functions count what they use. */
  readonly countsFuel: boolean
  /** Of an instance that is ended while it is idle, the state is kept. */
  readonly snapshot: boolean
  readonly debug: PluginSource | undefined
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
  /** What the machine has bounds the memory where nothing else does. */
  readonly budget: Readonly<Omit<BudgetOptions, 'memoryBytes'> & Partial<BudgetOptions>>
  readonly warmThreads: WarmThreads
  readonly telemetry: Telemetry | undefined
  /** Plugins that are loaded from files are watched. */
  readonly dev: boolean
}
