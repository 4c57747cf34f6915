export type { Capability, CapabilityUse, MayUse } from './capability/capability.js'
export { errors, hostErrorDocs, hostErrorTable } from './errors/index.js'
export { type ErrorCode, type ErrorData, PluginError } from './errors/plugin-error.js'
export type {
  AuditIncompleteEvent,
  BudgetEvent,
  CallEvent,
  ClosedEvent,
  FaultEvent,
  HostEvent,
  HostEvents,
  LoadedEvent,
  LogEvent,
  LogLevel,
  ResumedEvent,
  RolledBackEvent,
  ScratchLeftEvent,
  SnapshotEvent,
  SuspendedEvent,
  UpdatedEvent,
  UpdateFailedEvent,
} from './events.js'
export { Host } from './host.js'
export type { HttpResponse } from './http/answered.js'
export type { HttpField } from './http/field-bytes.js'
export type { HttpRequest } from './http/given-request.js'
export type { InlinePlugin, Sync } from './inline/inline-plugin.js'
export type { PluginLimits } from './limits.js'
export { checkSize, collect } from './load/collect.js'
export type { InspectedImport, Inspection } from './load/inspect.js'
export type { LoadedPlugin } from './loaded-plugin.js'
export { onAbort } from './on-abort.js'
export type { CloseOptions } from './options/close.js'
export type {
  AuditOptions,
  BudgetOptions,
  CallOptions,
  GrantRequest,
  HandleOptions,
  HostImports,
  HostOptions,
  InlineHandleOptions,
  InlineLoadOptions,
  Isolation,
  LoadOptions,
  OnRequest,
  PoolOptions,
  RunOptions,
  ThreadLoadOptions,
} from './options/given.js'
export type { ProfileOptions } from './options/profile.js'
export type { WarmThreads } from './options/resolved.js'
export type { Fallback, RestartOptions } from './options/restart.js'
export type { RollbackOptions, UpdateOptions } from './options/update.js'
export type { BoundCalls, Plugin, UntypedExports } from './plugin.js'
export type { PluginResolver, ResolvedPlugin, WantedPlugin } from './plugin-resolver.js'
export type { PluginSource } from './plugin-source.js'
export type {
  AsyncContext,
  AuditLog,
  AuditLoss,
  AuditPort,
  DecisionChannel,
  HostPorts,
  PluginServices,
  ProcessPort,
  Sampler,
  ScratchLeft,
  ScratchPort,
  ServicesContext,
  SourcePort,
  StartThread,
  ThreadEvents,
  ThreadPort,
  ThreadServices,
  ThreadSpec,
  Threads,
} from './ports.js'
export type { CpuProfile } from './profile/cpu-profile.js'
export type { FuelledFunction, FuelProfile } from './profile/fuel-profile.js'
export type { PluginProfile, ProfiledFunction } from './profile/plugin-profile.js'
export type { OutputOptions, ProgramInput } from './program/program-input.js'
export type { ProgramOutput, ProgramRun } from './program/program-run.js'
export type { Circuit, HostStats, PluginStats } from './stats/index.js'
export type { CallSpan, Telemetry, TracedCall, WatchedHost, WatchedPlugin } from './telemetry.js'
export { atOnce, inTurns, turn } from './turn.js'
export type { AppRequest, FromThread } from './wire/messages.js'
