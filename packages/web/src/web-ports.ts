import type { HostPorts } from '@wasm-plugin/embed'
import { runs } from './page/async-context.js'
import { noAudit } from './page/audit.js'
import { compileModule } from './page/compile-module.js'
import { noDecisions } from './page/decisions.js'
import { grantPorts } from './page/grant-ports.js'
import { makeScratch } from './page/scratch.js'
import { pageSources } from './page/sources.js'
import { Services } from './services/services.js'
import { PageThreads } from './threads/page-threads.js'
import type { ThreadScript } from './threads/start-worker.js'

/** What a host takes of a browser. */
export function webPorts(thread: ThreadScript | undefined): HostPorts {
  return {
    grants: grantPorts,
    // Not of a page whose plugins run in threads.
    instance: async () => (await import('./instance-ports.js')).instancePorts(0),
    threads: (warm) => new PageThreads(thread, warm),
    sources: pageSources,
    scratch: { make: makeScratch },
    services: (context) => new Services(context),
    audit: noAudit,
    decisions: noDecisions,
    runs,
    compileModule,
    memoryBytes: deviceBytes(),
    warn: (text) => console.warn(text),
  }
}

/** What a browser tells of the device, in coarse steps, or what most have. */
function deviceBytes(): number {
  const { deviceMemory = 4 } = navigator as Navigator & { readonly deviceMemory?: number }
  return deviceMemory * 2 ** 30
}
