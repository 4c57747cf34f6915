import type { ExternType } from '@wasm-plugin/runtime'
import type {
  IncomingHead,
  ProgramStart,
  ServiceArgs,
  ServiceCaller,
  ServiceName,
  ServiceResult,
} from '@wasm-plugin/wasi'
import { type Awaitable, unawaited } from '@wasm-plugin/wasi/gate'
import {
  type AcceptedRequest,
  AskedRuleState,
  createGate,
  createWasi,
  type GrantVersion,
  type InstancePorts,
  type Lasting,
  LiveGrants,
  type RuleQuestion,
  RuleState,
} from '@wasm-plugin/wasi/instance'
import type { ThreadEvent, ThreadInit } from '../wire/messages.js'
import type { Outbox } from './outbox.js'
import { type Ask, type FindDirect, remoteImport } from './remote.js'
import type { InstanceResources } from './resources.js'

export interface InstanceImports {
  /** Null-prototype, keyed by the exact names that the component imports. */
  readonly imports: Readonly<Record<string, unknown>>
  /** A request for the instance, as its handler takes it. */
  accept(exchange: number, head: IncomingHead): AcceptedRequest
  /** What the program that runs next is given; the answer is to be called when it has ended. */
  program(exchange: number, start: ProgramStart): () => void
  /** What the plugin wrote to stderr last, in the current call. */
  lastWords(): readonly string[]
  /** To be called after every call: what was printed without a final newline is a line too. */
  endCall(): void
  /** See `WasiImports`. */
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number }
  /** See `WasiImports`. */
  lasting(): Lasting
  /** Closes what the instance left open. */
  dispose(): void
}

export interface ImportsContext {
  readonly init: ThreadInit
  readonly ask: Ask
  readonly direct: FindDirect
  readonly resources: InstanceResources
  readonly ports: (services: ServiceCaller) => InstancePorts
  /** Events, with back pressure. */
  readonly report: (message: ThreadEvent) => void
  /** Takes fuel of the instance, where it is metered. */
  readonly spend: (units: number) => void
  /** Hears of uses that are allowed here. */
  readonly count: (capability: string) => void
  /** Where pieces of an answer go. */
  readonly outbox: Outbox
  /** The id of the call that runs. */
  readonly running: () => number | undefined
  /** Those that are heard of by message; missing where memory has them. */
  readonly rules?: HeardRules | undefined
}

/** The rules of a plugin as its thread has last heard of them. */
export interface HeardRules {
  readonly state: RuleState
  latest(): GrantVersion
}

/** The import object of one instance: functions of the application by asking for them, WASI in this thread. */
export function createImports(
  imports: ReadonlyMap<string, ExternType>,
  { init, ask, direct, resources, ports, report, spend, count, outbox, running, rules }: ImportsContext,
): InstanceImports {
  const services = serviceCaller(ask)
  const { state, latest } = rules ?? askedRules(init, ask)
  const grants = new LiveGrants(init.grants, state, latest)
  const wasi = createWasi({
    plugin: init.plugin,
    gate: createGate(
      init.plugin,
      grants,
      (event) => report({ type: 'access', event, call: running() }),
      () => grants.state.heard(),
      count,
    ),
    ports: restful(ports(services), outbox),
    services,
    log: (event) => report({ type: 'log', event, call: running() }),
    spend,
    respond: (piece) => outbox.add(piece),
    flush: () => outbox.flush(),
  })
  const object: Record<string, unknown> = Object.create(null)
  for (const { name, from } of init.imports) {
    object[name] = from === 'wasi' ? wasi.get(name) : remoteImport(name, imports, { ask, direct, resources })
  }
  const dispose = () => {
    wasi.dispose()
    // What the instance held of the application goes back to it.
    if (resources.classes.size > 0) unawaited(ask({ kind: 'drain' }))
    resources.clear()
  }
  const { accept, program, lastWords, endCall, traffic, lasting } = wasi
  return { imports: object, accept, program, lastWords, endCall, traffic, lasting, dispose }
}

/** Who sleeps keeps nobody waiting for what it has said. */
function restful(ports: InstancePorts, outbox: Outbox): InstancePorts {
  const { pass } = ports
  return {
    ...ports,
    sleep(ms) {
      outbox.flush()
      ports.sleep(ms)
    },
    ...(pass && {
      pass(ms) {
        outbox.flush()
        return pass(ms)
      },
    }),
  }
}

/** A thread that shares memory is one that sleeps until it is answered. */
function askedRules(init: ThreadInit, ask: Ask): HeardRules {
  return {
    state: ruleState(init, ask),
    latest: () => ask({ kind: 'service', service: 'grants.latest', args: [] }) as GrantVersion,
  }
}

function ruleState({ ruleState: buffer, asksRules }: ThreadInit, ask: Ask): RuleState {
  if (!asksRules) return new RuleState(buffer)
  return new AskedRuleState(
    buffer,
    (name, ...args) => ask({ kind: 'rules', question: { ask: name, args } as RuleQuestion }) as never,
  )
}

/** The one place where an answer gets its type: the other end answers by the same map. */
function serviceCaller(ask: Ask): ServiceCaller {
  return {
    call: <K extends ServiceName>(service: K, args: ServiceArgs<K>) =>
      ask({ kind: 'service', service, args }) as Awaitable<ServiceResult<K>>,
  }
}
