import {
  type Attributes,
  type BatchObservableResult,
  context,
  type Histogram,
  type Meter,
  metrics,
  type Observable,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { CallSpan, PluginError, Telemetry, TracedCall, WatchedHost } from '@wasm-plugin/embed'

export interface OpenTelemetryOptions {
  /** @default that of `trace.getTracer('@wasm-plugin/host')` */
  tracer?: Tracer
  /** @default that of `metrics.getMeter('@wasm-plugin/host')` */
  meter?: Meter
}

const NAME = '@wasm-plugin/host'

/**
 * Has the calls of a host traced and counted through `@opentelemetry/api`: a span for each call, which is the parent of
 * those that functions of the application begin for the plugin meanwhile, and the figures of `plugin.stats` as metrics.
 * Without an SDK that takes them it does nothing.
 *
 * @example
 * ```ts
 * import { openTelemetry } from '@wasm-plugin/host/opentelemetry'
 *
 * const host = await createHost({ telemetry: openTelemetry() })
 * ```
 */
export function openTelemetry({
  tracer = trace.getTracer(NAME),
  meter = metrics.getMeter(NAME),
}: OpenTelemetryOptions = {}): Telemetry {
  const durations = meter.createHistogram('wasm_plugin.call.duration', {
    description: 'Time of calls of plugins, waiting included',
    unit: 's',
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
  return {
    begin: (call) => new TracedSpan(call, tracer, durations),
    watch: (host) => observe(meter, host),
  }
}

/** Seconds: calls take from a microsecond to the deadline. */
const BOUNDARIES = [1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5, 1, 5, 10]

class TracedSpan implements CallSpan {
  readonly #call: TracedCall
  readonly #durations: Histogram
  readonly #span: Span
  readonly #context
  readonly #started = performance.now()

  constructor(call: TracedCall, tracer: Tracer, durations: Histogram) {
    const { plugin, digest, version, export: name } = call
    this.#call = call
    this.#durations = durations
    this.#span = tracer.startSpan(`${plugin} ${name}`, {
      attributes: {
        ...attributesOf(plugin),
        'wasm_plugin.export': name,
        'wasm_plugin.digest': digest,
        ...(version !== undefined && { 'wasm_plugin.version': version }),
      },
    })
    this.#context = trace.setSpan(context.active(), this.#span)
  }

  within<T>(work: () => T): T {
    return context.with(this.#context, work)
  }

  end(error: PluginError | undefined): void {
    const { plugin, export: name } = this.#call
    const outcome = {
      'wasm_plugin.outcome': error === undefined ? 'ok' : 'failed',
      ...(error !== undefined && { 'error.type': error.code }),
    }
    this.#span.setAttributes(outcome)
    if (error !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
    this.#span.end()
    const seconds = (performance.now() - this.#started) / 1e3
    this.#durations.record(
      seconds,
      { ...attributesOf(plugin), 'wasm_plugin.export': name, ...outcome },
      this.#context,
    )
  }
}

/** Has the figures of a host read whenever metrics are collected. */
function observe(meter: Meter, host: WatchedHost): () => void {
  const up = (name: string, description: string, unit: string) =>
    meter.createObservableUpDownCounter(`wasm_plugin.${name}`, { description, unit })
  const rising = (name: string, description: string, unit: string) =>
    meter.createObservableCounter(`wasm_plugin.${name}`, { description, unit })

  const plugins = up('plugins', 'Plugins that are loaded', '{plugin}')
  const threads = up('threads', 'Threads in which plugins run', '{thread}')
  const processes = up('processes', 'Processes in which plugins run', '{process}')
  const instances = up('instances', 'Instances that there are', '{instance}')
  const memory = up('memory', 'Linear memory of all instances, as the last calls left it', 'By')
  const waiting = up('waiting', 'Calls that wait for an instance', '{call}')
  const calls = rising('calls', 'Calls that reached a plugin', '{call}')
  const failures = rising('failures', 'Calls that failed', '{call}')
  const starts = rising('starts', 'Threads, processes and inline instances that were started', '{start}')
  const cpu = rising('cpu.time', 'Processor time of threads and processes', 's')
  const fuel = rising('fuel', 'Fuel that calls have used', '{unit}')
  const bytes = rising('io', 'Texts and lists that crossed to the memory of a plugin and from there', 'By')
  const uses = rising('uses', 'Uses of capabilities that were allowed', '{use}')
  const denials = rising('denials', 'Uses of capabilities that were denied', '{use}')

  const all: Observable[] = [
    plugins,
    threads,
    processes,
    instances,
    memory,
    waiting,
    calls,
    failures,
    starts,
    cpu,
    fuel,
    bytes,
    uses,
    denials,
  ]
  const read = (result: BatchObservableResult) => {
    const { stats } = host
    result.observe(plugins, stats.plugins)
    result.observe(threads, stats.threads)
    result.observe(processes, stats.processes)
    for (const { name, stats } of host.plugins.values()) {
      const of = attributesOf(name)
      result.observe(instances, stats.instances, of)
      result.observe(memory, stats.memoryBytes, of)
      result.observe(waiting, stats.waiting, of)
      result.observe(calls, stats.calls, of)
      result.observe(starts, stats.starts, of)
      if (stats.cpuMs !== undefined) result.observe(cpu, stats.cpuMs / 1e3, of)
      if (stats.fuel !== undefined) result.observe(fuel, stats.fuel, of)
      result.observe(bytes, stats.bytesIn, { ...of, 'wasm_plugin.direction': 'in' })
      result.observe(bytes, stats.bytesOut, { ...of, 'wasm_plugin.direction': 'out' })
      for (const [capability, count] of Object.entries(stats.uses))
        result.observe(uses, count, { ...of, 'wasm_plugin.capability': capability })
      for (const [code, count] of Object.entries(stats.errors))
        result.observe(failures, count, { ...of, 'error.type': code })
      for (const [capability, count] of Object.entries(stats.denials))
        result.observe(denials, count, { ...of, 'wasm_plugin.capability': capability })
    }
  }
  meter.addBatchObservableCallback(read, all)
  return () => meter.removeBatchObservableCallback(read, all)
}

function attributesOf(plugin: string): Attributes {
  return { 'wasm_plugin.name': plugin }
}
