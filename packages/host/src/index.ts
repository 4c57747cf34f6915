export type { Manifest } from '@wasm-plugin/manifest'
export { ComponentError, type Origin } from '@wasm-plugin/runtime'
export type { AccessEvent, GrantsInput, MissingRequests, PluginGrants } from '@wasm-plugin/wasi'
export { ACCESS_CHANNEL, type AuditOptions } from './audit/index.js'
export { hostErrorDocs } from './errors/index.js'
export { type ErrorCode, type ErrorData, PluginError } from './errors/plugin-error.js'
export type {
  AuditIncompleteEvent,
  CallEvent,
  ClosedEvent,
  FaultEvent,
  HostEvent,
  HostEvents,
  LoadedEvent,
  LogEvent,
  LogLevel,
  ScratchLeftEvent,
} from './events.js'
export { createHost, type Host } from './host.js'
export type { InlinePlugin, Sync } from './inline/inline-plugin.js'
export type { PluginLimits } from './limits.js'
export type { InspectedImport, Inspection } from './load/inspect.js'
export type { PluginSource } from './load/source.js'
export type { LoadedPlugin, PluginStats } from './loaded-plugin.js'
export type {
  CallOptions,
  GrantRequest,
  HostImports,
  HostOptions,
  InlineLoadOptions,
  Isolation,
  LoadOptions,
  OnRequest,
  PoolOptions,
  ThreadLoadOptions,
} from './options.js'
export type { BoundCalls, Plugin, UntypedExports } from './plugin.js'
export type { PluginResolver, ResolvedPlugin, WantedPlugin } from './plugin-resolver.js'
