import type { ExternType } from '@wasm-plugin/runtime'
import { decodeError } from '../errors/wire-error.js'
import { createGate } from '../grants/gate.js'
import { type GrantVersion, LiveGrants } from '../grants/live-grants.js'
import { RuleState } from '../grants/rule-state.js'
import { createWasi } from '../wasi/index.js'
import type { FromWorker, HostRequest, WorkerInit } from '../wire/messages.js'
import { callBlocking } from '../wire/sync-channel.js'
import { remoteImport } from './remote.js'
import type { InstanceResources } from './resources.js'

export interface InstanceImports {
  /** Null-prototype, keyed by the exact names that the component imports. */
  readonly imports: Readonly<Record<string, unknown>>
  /** What the plugin wrote to stderr last, in the current call. */
  lastWords(): readonly string[]
  /** To be called after every call: what was printed without a final newline is a line too. */
  endCall(): void
  /** Closes what the instance left open. */
  dispose(): void
}

export interface ImportsContext {
  readonly init: WorkerInit
  readonly resources: InstanceResources
  readonly post: (message: FromWorker) => void
}

/** The import object of one instance: functions of the application by the blocking channel, WASI in this thread. */
export function createImports(
  imports: ReadonlyMap<string, ExternType>,
  { init, resources, post }: ImportsContext,
): InstanceImports {
  const ask = (request: HostRequest): unknown => {
    const reply = callBlocking(init.channel, request)
    if (reply.ok) return reply.value
    throw decodeError(reply.error)
  }
  const service = (func: string, args: readonly unknown[]) => ask({ kind: 'service', func, args })
  const report = withBackPressure(post, () => service('events.seen', []))
  const grants = new LiveGrants(
    init.grants,
    new RuleState(init.ruleState),
    () => service('grants.latest', []) as GrantVersion,
  )
  const wasi = createWasi({
    plugin: init.plugin,
    gate: createGate(
      init.plugin,
      grants,
      (event) => report({ type: 'access', event }),
      () => grants.state.heard(),
    ),
    services: { call: service },
    log: (event) => report({ type: 'log', event }),
  })
  const object: Record<string, unknown> = Object.create(null)
  for (const { name, from } of init.imports) {
    object[name] = from === 'wasi' ? wasi.get(name) : remoteImport(name, imports, { ask, resources })
  }
  const dispose = () => {
    wasi.dispose()
    // What the instance held of the application goes back to it.
    if (resources.classes.size > 0) ask({ kind: 'drain' })
    resources.clear()
  }
  return { imports: object, lastWords: wasi.lastWords, endCall: wasi.endCall, dispose }
}

/** Events that may be under way to the host's thread. One of them holds at most a line of the log. */
const MAX_UNSEEN = 256

/** A plugin that makes events faster than the application looks at them waits, and does not fill its memory. */
function withBackPressure(post: (message: FromWorker) => void, wait: () => void) {
  let unseen = 0
  return (message: FromWorker): void => {
    post(message)
    if (++unseen < MAX_UNSEEN) return
    unseen = 0
    wait()
  }
}
