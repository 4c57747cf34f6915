import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { totalmem } from 'node:os'
import type { HostPorts } from '@wasm-plugin/embed'
import { ACCESS_CHANNEL } from './access-channel.js'
import { AuditFile } from './audit-file.js'
import { instancePorts } from './instance-ports.js'
import { compileModule } from './node/compile-module.js'
import { grantPorts } from './node/grant-ports.js'
import { pluginFiles } from './node/plugin-files.js'
import { makeScratch } from './node/scratch.js'
import { nodeProcesses } from './processes/processes.js'
import { OwnSampler } from './profiler/own-sampler.js'
import { Services } from './services/services.js'
import { NodeThreads } from './threads/threads.js'

const runs = new AsyncLocalStorage<object>()

/** What a host takes of Node. */
export const nodePorts: HostPorts = {
  grants: grantPorts,
  instance: instancePorts,
  threads: (warm) => new NodeThreads(warm),
  processes: nodeProcesses,
  sources: pluginFiles,
  scratch: { make: makeScratch },
  services: (context) => new Services(context),
  audit: AuditFile,
  decisions: channel(ACCESS_CHANNEL),
  runs: {
    current: () => runs.getStore(),
    within: (value, work) => runs.run(value, work),
    here: () => AsyncLocalStorage.snapshot(),
  },
  compileModule,
  sampler: () => new OwnSampler(),
  memoryBytes: machineBytes(),
  warn: (text) => process.emitWarning(text),
}

/** Zero where nobody knows, and more than there is where a container sets no limit. */
function machineBytes(): number {
  return Math.min(process.constrainedMemory?.() || totalmem(), totalmem())
}
