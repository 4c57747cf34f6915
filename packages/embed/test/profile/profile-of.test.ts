import { CallTree, profileOf, readCpuProfile } from '@wasm-plugin/embed/internal'
import { isPlainText } from '@wasm-plugin/runtime/text'
import { expect, it } from 'vitest'

const MODULE = 'wasm://wasm/0a1b2c3d'

interface Function {
  readonly name: string
  readonly url?: string
  /** Milliseconds of its own. */
  readonly ms?: number
  readonly at?: number
  readonly calls?: readonly Function[]
}

/** As an engine answers. */
function sampled(...calls: readonly Function[]) {
  const nodes: object[] = []
  const samples: number[] = []
  const timeDeltas: number[] = []
  let waited = 0
  const add = ({ name, url = '', ms = 0, at = 0, calls = [] }: Function): number => {
    const id = nodes.length + 1
    const children: number[] = []
    const callFrame = { functionName: name, scriptId: '7', url, lineNumber: 0, columnNumber: at }
    nodes.push({ id, callFrame, hitCount: ms, children })
    if (ms > 0) {
      samples.push(id)
      timeDeltas.push(waited)
      waited = ms * 1_000
    }
    for (const call of calls) children.push(add(call))
    return id
  }
  add({ name: '(root)', calls })
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, waited)
  return { nodes, samples, timeDeltas, startTime: 0, endTime }
}

/** A function of the plugin. */
const wasm = (name: string, rest: Partial<Function> = {}): Function => ({ name, url: MODULE, ...rest })

function profiled(...given: unknown[]) {
  const tree = new CallTree()
  for (const profile of given) tree.add(readCpuProfile(profile))
  return profileOf(tree, (functions) =>
    functions.map(({ name }) =>
      name === 'ours'
        ? undefined
        : {
            frame: { function: name, file: 'src/a.rs', line: 3, column: 1, language: 'rust' },
            isExported: name.startsWith('exported'),
          },
    ),
  )
}

it('tells the time of the plugin from that in WASI, in the application and between them', () => {
  const { functions, ...rest } = profiled(
    sampled(
      { name: '(idle)', ms: 100 },
      {
        name: 'runCall',
        ms: 5,
        calls: [
          wasm('main', {
            ms: 10,
            at: 1,
            calls: [
              wasm('inner', { ms: 20, at: 2, calls: [{ name: '(program)', ms: 1 }] }),
              { name: 'callWasi', ms: 1, calls: [{ name: 'read', ms: 30 }] },
              {
                name: 'callApplication',
                ms: 2,
                calls: [{ name: 'log', ms: 40, calls: [{ name: 'callWasi', ms: 3 }] }],
              },
              wasm('wasm-to-js:i:', { ms: 2, at: 0, calls: [{ name: 'callWasi', ms: 6 }] }),
              { name: 'realloc', ms: 7, calls: [wasm('alloc', { ms: 8, at: 3 })] },
              { name: '(garbage collector)', ms: 4 },
            ],
          }),
        ],
      },
    ),
  )
  expect(rest).toMatchObject({
    durationMs: 239,
    pluginMs: 39,
    wasiMs: 37,
    hostMs: 45,
    valuesMs: 13,
  })
  expect(functions.map(({ function: name, selfMs, totalMs }) => [name, selfMs, totalMs])).toEqual([
    ['inner', 20, 21],
    ['main', 10, 134],
    ['alloc', 8, 8],
  ])
})

it('counts a function of the plugin as one, whatever it is called, and what is none of its own as its caller', () => {
  const { functions, pluginMs, wasiMs, hostMs } = profiled(
    sampled(
      wasm('callWasi', {
        ms: 10,
        at: 1,
        calls: [
          wasm('callApplication', { ms: 20, at: 2, calls: [wasm('(program)', { ms: 5, at: 3 })] }),
          { name: 'ours', url: 'wasm://wasm/ffffffff', ms: 3, at: 9 },
        ],
      }),
      { name: 'callWasi', ms: 50 },
    ),
  )
  expect({ pluginMs, wasiMs, hostMs }).toEqual({ pluginMs: 38, wasiMs: 0, hostMs: 0 })
  expect(functions.map(({ function: name }) => name)).toEqual(['callApplication', 'callWasi', '(program)'])
})

it('counts the time of a function that calls itself once', () => {
  const deeper = (left: number): Function =>
    wasm('fib', { ms: 2, at: 1, ...(left > 0 && { calls: [deeper(left - 1)] }) })
  expect(profiled(sampled(deeper(9))).functions).toMatchObject([{ function: 'fib', selfMs: 20, totalMs: 20 }])
})

it('adds up what was seen one time after another, as one profile that tools read', () => {
  const once = sampled({ name: 'run', ms: 3, calls: [wasm('main', { ms: 4, at: 1 })] })
  const { cpuProfile, durationMs, functions } = profiled(once, once)
  expect(durationMs).toBe(14)
  expect(functions).toEqual([
    { function: 'main', file: 'src/a.rs', line: 3, language: 'rust', selfMs: 8, totalMs: 8 },
  ])
  expect(cpuProfile.nodes.map(({ hitCount }) => hitCount)).toEqual([0, 2, 2])
  expect(cpuProfile.nodes.at(-1)?.callFrame).toEqual({
    ...{ functionName: 'main', scriptId: '0', url: 'src/a.rs' },
    ...{ lineNumber: 2, columnNumber: 0 },
  })
  const { samples, timeDeltas, startTime, endTime } = cpuProfile
  expect(samples.length).toBe(timeDeltas.length)
  expect(timeDeltas.reduce((sum, delta) => sum + delta, startTime)).toBe(endTime)
  expect(endTime).toBe(14_000)
})

it('refuses what is no profile', () => {
  const good = sampled({ name: 'run', ms: 3 })
  for (const other of [
    undefined,
    null,
    'text',
    [],
    {},
    { ...good, nodes: [] },
    { ...good, nodes: { length: 1 } },
    { ...good, nodes: Array(500_001).fill(good.nodes[0]) },
    { ...good, nodes: [{ id: 1 }] },
    { ...good, samples: [] },
    { ...good, samples: ['1'] },
    { ...good, timeDeltas: [Number.NaN] },
    { ...good, endTime: '5' },
  ])
    expect(() => readCpuProfile(other)).toThrow()
})

it('has bounds for what a plugin makes of it: how much, how deep, and what it is called', () => {
  const many = Array.from({ length: 60_000 }, (_, at) => wasm(`f${at}`, { ms: 1, at }))
  const wide = profiled(sampled(...many))
  expect(wide.cpuProfile.nodes.length).toBe(50_000)
  expect(wide.functions.length).toBe(10_000)
  const nodes = Array.from({ length: 50_000 }, (_, i) => ({
    id: i + 1,
    callFrame: { functionName: 'deep', scriptId: 7, url: MODULE, lineNumber: 0, columnNumber: i },
    children: [i + 2],
  }))
  const deep = profiled({ nodes, samples: [50_000], timeDeltas: [0], startTime: 0, endTime: 5_000 })
  expect(deep.cpuProfile.nodes.length).toBe(301)
  expect(deep.pluginMs).toBe(5)
  const hostile = `\u001b[31m\u202e${'x'.repeat(5_000)}`
  const { cpuProfile } = profiled(sampled({ name: hostile, url: hostile, ms: 1 }))
  const { functionName, url } = cpuProfile.nodes[1]!.callFrame
  for (const text of [functionName, url]) {
    expect(isPlainText(text)).toBe(true)
    expect(text.length).toBeLessThan(400)
  }
})

it('follows no way twice in a profile that leads back to itself', () => {
  const callFrame = { functionName: 'f', scriptId: '7', url: MODULE, lineNumber: 0, columnNumber: 1 }
  const nodes = [
    { id: 1, callFrame: { ...callFrame, functionName: '(root)', url: '' }, children: [2, 2, 99] },
    { id: 2, callFrame, children: [1, 2] },
  ]
  const { functions } = profiled({
    nodes,
    samples: [2, 98],
    timeDeltas: [0, 1_000],
    startTime: 0,
    endTime: 1_000,
  })
  expect(functions).toMatchObject([{ function: 'f', selfMs: 1 }])
})

it('leaves out what the engine puts in front of a function, which it shows as another that is exported', () => {
  const { functions, cpuProfile, pluginMs } = profiled(
    sampled(
      {
        name: 'run',
        calls: [
          wasm('exported first', {
            at: 1,
            calls: [
              wasm('exported second', { at: 2, ms: 5, calls: [wasm('inner', { at: 3, ms: 6 })] }),
              wasm('exported first', { at: 1, ms: 7, calls: [wasm('exported second', { at: 2, ms: 1 })] }),
            ],
          }),
        ],
      },
      {
        name: 'again',
        calls: [wasm('exported first', { at: 1, calls: [wasm('exported second', { at: 2, ms: 2 })] })],
      },
    ),
  )
  expect(pluginMs).toBe(21)
  expect(functions.map(({ function: name, selfMs, totalMs }) => [name, selfMs, totalMs])).toEqual([
    ['exported second', 8, 14],
    ['exported first', 7, 8],
    ['inner', 6, 6],
  ])
  const names = new Map(cpuProfile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]))
  expect(cpuProfile.samples.map((id) => names.get(id))).toEqual([
    'exported second',
    'inner',
    'exported first',
    'exported second',
    'exported second',
    '(root)',
  ])
  expect(names.size).toBe(8)
})
