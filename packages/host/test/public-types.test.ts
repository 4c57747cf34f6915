import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** What an application may name, by its kinds of use; a change of it is a change of the interface. */
const TYPES = `AccessEvent AuditIncompleteEvent AuditOptions BoundCalls BudgetEvent BudgetOptions CallEvent CallOptions CallSpan Capability CapabilityUse Circuit CloseOptions ClosedEvent CpuProfile ErrorCode ErrorData
  Fallback FaultEvent Frame FuelProfile FuelledFunction GrantRequest GrantsInput HandleOptions Host HostEvent HostEvents HostImports HostOptions HostStats HttpField HttpRequest HttpResponse InlineHandleOptions InlineLoadOptions InlinePlugin InspectedImport
  Inspection Isolation LoadOptions LoadedEvent LoadedPlugin LogEvent LogLevel Manifest MayUse MissingRequests OnRequest Origin OutputOptions Plugin
  PluginGrants PluginLimits PluginProfile PluginResolver PluginSource PluginStats PoolOptions ProfileOptions ProfiledFunction ProgramInput ProgramOutput ProgramRun ResolvedPlugin RestartOptions ResumedEvent RollbackOptions RolledBackEvent RunOptions
  ScratchLeftEvent SnapshotEvent SuspendedEvent Sync Telemetry ThreadLoadOptions TracedCall UntypedExports UpdateOptions UpdateFailedEvent UpdatedEvent WantedPlugin WatchedHost WatchedPlugin`
const VALUES = 'ACCESS_CHANNEL ComponentError PluginError createHost hostErrorDocs'

it('names what it did before what hosts share became a package of its own', async () => {
  const file = fileURLToPath(import.meta.resolve('@wasm-plugin/host')).replace(/\.js$/, '.d.ts')
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: ['node'],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  const names = (module ? checker.getExportsOfModule(module) : []).map(({ name }) => name)
  const values = Object.keys(await import('@wasm-plugin/host'))
  expect(values.sort()).toEqual(VALUES.split(' ').sort())
  expect(names.filter((name) => !values.includes(name)).sort()).toEqual(TYPES.split(/\s+/).sort())
})
