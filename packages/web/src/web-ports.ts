import type { HostPorts } from '@wasm-plugin/embed'
import { instancePorts } from './instance-ports.js'
import { runs } from './page/async-context.js'
import { noAudit } from './page/audit.js'
import { compileModule } from './page/compile-module.js'
import { noDecisions } from './page/decisions.js'
import { grantPorts } from './page/grant-ports.js'
import { makeScratch } from './page/scratch.js'
import { pageSources } from './page/sources.js'
import { Services } from './services/services.js'
import { pageThreads, type ThreadScript } from './threads/start-thread.js'

/** What a host takes of a browser. */
export function webPorts(thread: ThreadScript | undefined): HostPorts {
  return {
    grants: grantPorts,
    instance: () => instancePorts(0),
    threads: () => pageThreads(thread),
    sources: pageSources,
    scratch: { make: makeScratch },
    services: (context) => new Services(context),
    audit: noAudit,
    decisions: noDecisions,
    runs,
    compileModule,
    warn: (text) => console.warn(text),
  }
}
