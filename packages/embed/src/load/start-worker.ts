import { releaseFiles } from '@wasm-plugin/wasi'
import { withoutHandles } from '../contract/host-function.js'
import { errors } from '../errors/index.js'
import { onAbort } from '../on-abort.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import { serveThread } from '../pool/host-functions.js'
import { HostTimes } from '../pool/host-times.js'
import { Pool } from '../pool/pool.js'
import type { StartThread, Threads } from '../ports.js'
import { ResourceClasses } from '../resource/classes.js'
import { ThreadResources } from '../resource/thread-resources.js'
import { ThreadBuild } from '../update/thread-build.js'
import type { Admitted, LoadContext } from './admit.js'
import { breakerFor } from './breaker.js'
import { profiledBy } from './profiled-by.js'
import { reportCall, reportFault, tracedCall } from './report.js'
import { savingOf } from './saving.js'

/** Starts an admitted plugin in threads or processes of its own. */
export async function startWorker(
  admitted: Admitted,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<ThreadBuild> {
  const { ports } = host
  const { limits } = options
  const { name, component, contract, plan, services, debug } = admitted
  const isProcess = options.isolation === 'process'
  const startThread = await opened(admitted, isProcess ? ports.processes : host.threads)
  const { grants } = admitted.gate
  const { initial, state } = grants
  const hostTimes = new HostTimes()
  const listen = () => {
    state.setHeard(admitted.decisions.heard())
    hostTimes.isOn = host.listens('call')
  }
  listen()
  const stopListening = host.onListener(listen)
  const classes = new ResourceClasses(contract, ports.warn)
  const functions = withoutHandles(plan.functions)
  const pool = new Pool(
    {
      startThread,
      runs: ports.runs,
      init: {
        plugin: name,
        component: component.transfer(),
        imports: plan.sources,
        functions: functions.map(({ place }) => place),
        exports: contract.functions.map(({ place }) => place),
        grants: initial,
        ruleState: state.buffer,
        limits,
        mayTellPlaces: debug.mayBeThere,
      },
      heapBytes: limits.heapBytes,
      rules: state,
      latest: () => grants.latest(),
      isShared: !isProcess,
      startMs: limits.startMs,
      functions: functions.map(({ func }) => func),
      serve() {
        host.totals.starts++
        return serveThread({
          functions: plan.functions,
          services: services.forThread(),
          debug: debug.read,
          maxValues: limits.liftedValues,
          resources: new ThreadResources({ classes, origins: contract.origins, max: limits.handles }),
        })
      },
      onAnswered: (run) => hostTimes.add(run),
      measure: (meter) => host.totals.measure(meter),
      onThreadEnd: (thread) => {
        state.release(thread)
        releaseFiles(initial, thread)
      },
      onEvent: (message) => {
        const happened = message.call === undefined ? {} : { call: message.call }
        if (message.type === 'log') host.emit('log', { ...message.event, ...happened })
        else admitted.decisions.take({ ...message.event, ...happened })
      },
    },
    options.pool,
    {
      ...{ budget: host.budget, seat: isProcess ? 'processes' : 'threads' },
      saving: options.snapshot ? savingOf(name, limits.memoryBytes, host) : undefined,
    },
  )
  const build = new ThreadBuild({
    ...admitted,
    plugin: name,
    classes,
    breaker: breakerFor(name, options, host),
    profiled: profiledBy(admitted, {
      threads: (add) => pool.eachThread((thread) => add(thread.sampler())),
      fuel: (add) => pool.eachThread((thread) => add(() => thread.fuel(host.nextCall()))),
    }),
    // Nobody tells when a diagnostics channel gets a subscriber, so it is looked up for every call.
    context: {
      ...{ contract, limits, pool, nextId: host.nextCall },
      onEnter({ id, name: target }) {
        listen()
        host.spans?.begin(id, tracedCall(admitted, target))
      },
      onCall(call) {
        host.spans?.end(call.id, call.error)
        reportCall(host, name, call, hostTimes.take(call.id))
        const { id, export: target, error } = call
        if (error !== undefined) reportFault(host, name, { call: id, export: target, error })
      },
    },
    async release(unending) {
      if (unending > 0) ports.warn(`${unending} threads of plugin "${name}" were ended and go on`)
      stopListening()
      await admitted.release()
    },
  })
  const off = onAbort(host.ending, () => void build.close())
  try {
    await pool.start()
    return build
  } catch (error) {
    // A plugin that cannot start leaves no thread behind.
    await build.close()
    throw host.ending.aborted ? host.ending.reason : error
  } finally {
    off()
  }
}

/** What starts its threads. @throws {PROCESS_UNAVAILABLE} {NOT_ISOLATED} */
async function opened(
  { gate, release }: Admitted,
  port: Pick<Threads, 'open'> | undefined,
): Promise<StartThread> {
  try {
    if (port === undefined) throw errors.PROCESS_UNAVAILABLE({ reason: 'this platform has none' })
    return await port.open(gate.grants.current)
  } catch (error) {
    await release()
    throw error
  }
}
