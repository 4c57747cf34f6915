import type { Instance } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { createWasi, type WasiImports } from '@wasm-plugin/wasi/instance'
import type { Holder } from '../budget/budget.js'
import { runnable } from '../engine/runnable.js'
import { errors } from '../errors/index.js'
import { withLastWords } from '../errors/last-words.js'
import { showDeepStacks } from '../frames/deep-stacks.js'
import { FaultFrames } from '../frames/fault-frames.js'
import type { IncomingExchange } from '../http/incoming-exchange.js'
import { sentAtOnce } from '../http/sent-at-once.js'
import { InlineBuild, type InlineParts, type Trace } from '../inline/inline-build.js'
import { Outings } from '../inline/outings.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import { added, type Counts, NOTHING } from '../stats/index.js'
import { ThreadFunctionFuel } from '../worker/function-fuel.js'
import type { Admitted, LoadContext } from './admit.js'
import { breakerFor } from './breaker.js'
import { profiledBy } from './profiled-by.js'
import { reportCall, reportFault, tracedCall } from './report.js'

/** Milliseconds that a plugin may make the application's thread wait, in one go. */
const MAX_WAIT_MS = 10
/** Characters of a source map that is read in one go, some tenths of a second. */
const MAX_SOURCE_MAP = 4 << 20

/** Starts an admitted plugin in the application's own thread. */
export async function startInline(
  admitted: Admitted,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<InlineBuild> {
  const { limits } = options
  const { name, plan, gate } = admitted
  const component = runnable(admitted.component, limits)
  let wasi: WasiImports | undefined
  /** What the instance answers. */
  let answered: IncomingExchange | undefined
  const ports = await host.ports.instance()
  // At a fault nothing can be waited for here.
  const found = admitted.debug.mayBeThere ? await admitted.debug.read() : null
  const isLong = (found?.sourceMap?.length ?? 0) > MAX_SOURCE_MAP
  const information = found && (isLong ? { ...found, sourceMap: null } : found)
  if (information !== null) showDeepStacks()
  const faults = new FaultFrames(admitted.component.transfer().options, () => information)
  const outings = new Outings(limits.timeoutMs, () => wasi?.endCall())
  let running: Instance | undefined
  const holder: Holder = {
    plugin: name,
    get memoryBytes() {
      return running?.memoryBytes ?? 0
    },
    endingBytes: 0,
  }
  const giveBack = host.budget.hold(holder)
  /** Of instances that have ended. */
  let before = NOTHING
  const countsNow = (): Counts =>
    added(before, {
      fuel: running?.fuel?.used ?? 0,
      bytesIn: (running?.bytesIn ?? 0) + (wasi?.traffic.bytesIn ?? 0),
      bytesOut: (running?.bytesOut ?? 0) + (wasi?.traffic.bytesOut ?? 0),
      uses: NOTHING.uses,
    })
  const functionFuel = new ThreadFunctionFuel()
  const left = host.totals.measure({ cpuMs: () => undefined, counts: countsNow })
  let isObserved = false
  const listen = () => {
    isObserved = host.listens('call')
  }
  listen()
  const stopListening = host.onListener(listen)
  const release = async () => {
    stopListening()
    left()
    wasi?.dispose()
    giveBack()
    await admitted.release()
  }

  const instantiate = () => {
    host.totals.starts++
    before = countsNow()
    if (running !== undefined) functionFuel.end(running)
    wasi?.dispose()
    running = undefined
    wasi = createWasi({
      plugin: name,
      gate,
      ports,
      services: sentAtOnce(admitted.services.forCaller(), limits.valueBytes),
      log: (event) => host.emit('log', event),
      maxWaitMs: MAX_WAIT_MS,
      pause: outings.check,
      spend: (units) => running?.fuel?.spend(units),
      respond: (piece) => {
        if (answered?.receiveOne(piece) !== true) throw errors.HTTP_RESPONSE_INCOMPLETE({})
      },
    })
    const imports: Record<string, unknown> = Object.create(null)
    for (const { name: item, from } of plan.sources)
      imports[item] = from === 'wasi' ? wasi.get(item) : plan.objects.get(item)
    try {
      running = component.instantiate(imports, { onCallOut: outings.check })
    } catch (error) {
      throw faults.addTo(withLastWords(error, wasi.lastWords))
    }
    const refusal = host.budget.weigh(holder)
    if (refusal === undefined) return running
    running = undefined
    throw refusal
  }

  const parts: InlineParts = {
    ...admitted,
    plugin: name,
    breaker: breakerFor(name, options, host),
    profiled: profiledBy(admitted, {
      threads(add) {
        add(host.ports.sampler?.())
        return () => {}
      },
      fuel(add) {
        add(async () => ({ fuel: countsNow().fuel, units: functionFuel.with(running ? [running] : []) }))
        return () => {}
      },
    }),
    fuel: limits.fuel ?? 0,
    outings,
    instantiate,
    accept(exchange) {
      const { args, end } = (wasi as WasiImports).accept(0, exchange.lazyHead)
      const outer = answered
      answered = exchange
      return {
        args,
        end() {
          end()
          answered = outer
          // A request within another one is refused, and nobody has taken it.
          if (outer !== undefined) (args[0] as Disposable)[DISPOSE]()
        },
      }
    },
    isObserved: () => isObserved,
    trace: traceOf(admitted, host),
    onCall: (call) => reportCall(host, name, call),
    explain: (error) => faults.addTo(withLastWords(error, () => wasi?.lastWords() ?? [])),
    nextId: host.nextCall,
    warn: host.ports.warn,
    onFault: (call, target, error) => reportFault(host, name, { call, export: target, error }),
    release,
  }
  try {
    return new InlineBuild(parts)
  } catch (error) {
    await release()
    throw error
  }
}

/** Runs a call in a span of its own; undefined where calls are not traced. */
function traceOf(admitted: Admitted, { spans }: LoadContext): Trace | undefined {
  if (spans === undefined) return undefined
  return (target, run) => spans.around(tracedCall(admitted, target), run)
}
