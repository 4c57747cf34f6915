import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import {
  createHost,
  type Host,
  type Isolation,
  type LoadOptions,
  type Plugin,
  type Telemetry,
} from '@wasm-plugin/host'
import { openTelemetry } from '@wasm-plugin/host/opentelemetry'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { API, build } from './helpers/builds.js'

const spans = new InMemorySpanExporter()
const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 2 ** 30 })
const tracer = trace.getTracer('test')

let host: Host
/** What the application does while a plugin waits for it. */
let meanwhile: () => unknown = () => {}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
})

beforeEach(async () => {
  host = await createHost({ imports: { wait: () => meanwhile() }, telemetry: openTelemetry() })
})

afterEach(async () => {
  await host.close()
  spans.reset()
  exported.reset()
  meanwhile = () => {}
})

async function load(isolation: Isolation, name = 'traced'): Promise<Plugin> {
  return (await host.load(await build({ version: 1 }), { name, isolation } as LoadOptions)) as Plugin
}

function spanOf(name: string): ReadableSpan {
  const found = spans.getFinishedSpans().filter((span) => span.name === name)
  expect(found).toHaveLength(1)
  return found[0] as ReadableSpan
}

describe.each<Isolation>(['worker', 'inline', 'process'])('OpenTelemetry (%s)', (isolation) => {
  it('has a span for each call, below the span in which it is made', async () => {
    const plugin = await load(isolation)
    const outer = tracer.startSpan('request')
    await context.with(trace.setSpan(context.active(), outer), async () => {
      expect(await plugin.exports[API].version()).toBe(1)
    })
    outer.end()
    const span = spanOf(`traced ${API}@1.0.0#version`)
    expect(span.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
    expect(span.attributes).toEqual({
      'wasm_plugin.name': 'traced',
      'wasm_plugin.export': `${API}@1.0.0#version`,
      'wasm_plugin.digest': plugin.digest,
      'wasm_plugin.outcome': 'ok',
    })
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('says by its code what a call failed with', async () => {
    const plugin = await load(isolation)
    await (async () => plugin.exports[API].fault())().catch(() => {})
    const { attributes, status } = spanOf(`traced ${API}@1.0.0#fault`)
    expect(attributes).toMatchObject({ 'wasm_plugin.outcome': 'failed', 'error.type': 'GUEST_TRAP' })
    expect(status).toMatchObject({ code: SpanStatusCode.ERROR })
  })

  it('has spans of the application below that of the call which it is asked in', async () => {
    meanwhile = () => tracer.startSpan('meanwhile').end()
    const plugin = await load(isolation)
    await plugin.exports[API].wait(1)
    expect(spanOf('meanwhile').parentSpanContext?.spanId).toBe(
      spanOf(`traced ${API}@1.0.0#wait`).spanContext().spanId,
    )
  })

  it('names the build that answers, after an update too', async () => {
    const plugin = await load(isolation)
    await plugin.exports[API].version()
    const before = plugin.digest
    await plugin.update(await build({ version: 2 }))
    await plugin.exports[API].version()
    const digests = spans.getFinishedSpans().map(({ attributes }) => attributes['wasm_plugin.digest'])
    expect(digests).toEqual([before, plugin.digest])
    expect(before).not.toBe(plugin.digest)
  })
})

it('has the figures of every plugin as metrics', async () => {
  const plugin = await load('worker', 'measured')
  for (let i = 0; i < 3; i++) await plugin.exports[API].version()
  meanwhile = () => new Promise(() => {})
  const late = plugin.with({ timeoutMs: 20 }).exports[API].wait(1)
  await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  await plugin.exports[API].version()
  const of = { 'wasm_plugin.name': 'measured' }
  const read = await collected()
  expect(read('wasm_plugin.plugins')).toEqual([[{}, 1]])
  expect(read('wasm_plugin.instances')).toEqual([[of, 1]])
  expect(read('wasm_plugin.memory')).toEqual([[of, plugin.stats.memoryBytes]])
  expect(read('wasm_plugin.calls')).toEqual([[of, 5]])
  expect(read('wasm_plugin.starts')).toEqual([[of, 2]])
  expect(read('wasm_plugin.io')).toEqual([
    [{ ...of, 'wasm_plugin.direction': 'in' }, 0],
    [{ ...of, 'wasm_plugin.direction': 'out' }, 0],
  ])
  expect(read('wasm_plugin.cpu.time')).toHaveLength(process.platform === 'linux' ? 1 : 0)
  expect(read('wasm_plugin.fuel')).toEqual([])
  expect(read('wasm_plugin.uses')).toEqual([])
  expect(read('wasm_plugin.failures')).toEqual([[{ ...of, 'error.type': 'DEADLINE_EXCEEDED' }, 1]])
  const durations = read('wasm_plugin.call.duration') as unknown as [object, Histogram][]
  expect(durations.map(([of, { count }]) => [of, count])).toContainEqual([
    { ...of, 'wasm_plugin.export': `${API}@1.0.0#version`, 'wasm_plugin.outcome': 'ok' },
    4,
  ])
})

it('reads nothing of a host that is closed', async () => {
  const meter = metrics.getMeter('mine')
  const added = vi.spyOn(meter, 'addBatchObservableCallback')
  const removed = vi.spyOn(meter, 'removeBatchObservableCallback')
  const mine = await createHost({ telemetry: openTelemetry({ meter }) })
  await mine.close()
  expect(added).toHaveBeenCalledOnce()
  expect(removed.mock.calls).toEqual(added.mock.calls)
})

/** The last points of a metric, with their attributes. */
async function collected(): Promise<(name: string) => [object, number][]> {
  await reader.forceFlush()
  const all = exported
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  return (name) =>
    (all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []).map(
      ({ attributes, value }) => [attributes, value as DataPoint<number>['value']],
    )
}

describe.each<Isolation>(['worker', 'inline'])('telemetry that fails (%s)', (isolation) => {
  const fails = () => {
    throw new Error('no exporter')
  }
  const span = { within: <T>(work: () => T) => work(), end() {} }
  it.each<[string, unknown]>([
    ['as a call begins', { begin: fails }],
    ['with no span', { begin: () => undefined }],
    ['with what is no span', { begin: () => ({}) }],
    ['before what the application does', { begin: () => ({ ...span, within: fails }) }],
    ['after it', { begin: () => ({ ...span, within: (work: () => void) => [work(), fails()] }) }],
    ['as a call ends', { begin: () => ({ ...span, end: fails }) }],
    ['as it begins to watch', { begin: () => span, watch: fails }],
    ['as it ends that', { begin: () => span, watch: () => fails }],
    ['to say what ends it', { begin: () => span, watch: () => 'x' }],
  ])('%s costs no call, and is a warning at most', async (_, telemetry) => {
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on('warning', hear)
    let asked = 0
    const imports = { wait: () => void asked++ }
    const mine = await createHost({ imports, telemetry: telemetry as Telemetry })
    const plugin = await mine.load(await build({ version: 1 }), { isolation } as LoadOptions)
    for (let i = 0; i < 3; i++) expect(await plugin.exports[API].wait(1)).toBe(1)
    expect(asked).toBe(3)
    expect(plugin.stats).toMatchObject({ calls: 3, failures: 0 })
    await mine.close()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', hear)
    expect(warnings.length).toBeLessThanOrEqual(1)
  })
})
