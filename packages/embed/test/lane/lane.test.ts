// On every Node: how threads wake each other.
import { Worker } from 'node:worker_threads'
import { AppLane, type LaneOwner, type LaneReply } from '@wasm-plugin/embed/internal'
import type { FuncType } from '@wasm-plugin/runtime'
import { expect, it, onTestFinished, vi } from 'vitest'

const u32 = { kind: 'u32' } as const
const func = (...params: string[]): FuncType => ({
  kind: 'func',
  async: false,
  params: params.map((name) => ({ name, type: u32 })),
  result: u32,
})
const functions = [func(), func('times'), { ...func('times'), result: { kind: 's32' } as const }]
const hostFunctions = [func('value')]
const limits = { valueBytes: 1 << 20, liftedValues: 10_000 }

/** A lane to a thread that counts its calls; `answer` is the function that it asks for. */
function laneTo({
  answer = () => undefined,
  keep = () => {},
}: Partial<Pick<LaneOwner, 'answer' | 'keep'>> = {}) {
  const settled = new Map<number, LaneReply>()
  const lane: AppLane = new AppLane({
    isUsed: true,
    limits,
    summon: () => worker.postMessage('lane'),
    settle: (id, reply) => settled.set(id, reply),
    functionType: (func) => hostFunctions[func] as FuncType,
    answer,
    keep,
  })
  const worker = new Worker(new URL('./lane-thread.mjs', import.meta.url), {
    workerData: { lane: lane.buffer, limits, types: { functions, hostFunctions } },
  })
  onTestFinished(async () => {
    lane.close()
    await worker.terminate()
  })
  let ids = 0
  const begin = (func: number, args: unknown[]) => {
    const id = ++ids
    expect(
      lane.begin({ index: func, type: functions[func] as FuncType }, { id, fuel: undefined, args }),
    ).toBe(true)
    return id
  }
  const call = async (func: number, args: unknown[]) => {
    const id = begin(func, args)
    lane.watch()
    await vi.waitUntil(() => settled.has(id))
    return settled.get(id)
  }
  return { lane, begin, call, settled }
}

it('a thread that is woken by the late wake of an earlier request does not run it again', async () => {
  const { lane, call } = laneTo()
  const words = new Int32Array(lane.buffer)
  for (let i = 1; i <= 20; i++) {
    expect(await call(0, [])).toEqual({ status: 'value', value: i })
    // Until it sleeps, and once more.
    for (let woken = 0, tries = 0; woken < 2 && tries < 1e5; tries++) woken += Atomics.notify(words, 0)
  }
})

it('a call that has not begun is taken back with its arguments, and the others run', async () => {
  const { lane, begin, call, settled } = laneTo()
  // The thread has not come to the lane yet.
  const [first, second] = [begin(0, []), begin(1, [0]), begin(0, [])]
  expect(lane.ids()).toHaveLength(3)
  expect(lane.withdraw(second as number)).toEqual([0])
  expect(lane.withdraw(second as number)).toBeUndefined()
  expect(await call(0, [])).toEqual({ status: 'value', value: 3 })
  expect(settled.get(first as number)).toEqual({ status: 'value', value: 1 })
  expect(settled.has(second as number)).toBe(false)
})

it('as many calls as there are cells are taken, and then again as many', async () => {
  const { lane, begin, settled } = laneTo()
  for (let round = 1; round <= 5; round++) {
    for (let i = 0; i < 63; i++) begin(0, [])
    expect(
      lane.begin({ index: 0, type: functions[0] as FuncType }, { id: 0, fuel: undefined, args: [] }),
    ).toBe(false)
    lane.watch()
    await vi.waitUntil(() => settled.size === 63 * round)
  }
})

it.each<[string, LaneOwner['answer']]>([
  ['at once', ({ args: [i] }) => ({ value: i })],
  ['later', async ({ args: [i] }) => ({ value: i })],
  ['by turns', ({ args: [i] }) => ((i as number) % 2 === 0 ? { value: i } : Promise.resolve({ value: i }))],
])('a function that is asked for while nobody looks is answered %s', async (_, answer) => {
  const { call } = laneTo({ answer })
  for (let i = 0; i < 20; i++)
    expect(await call(1, [i])).toEqual({ status: 'value', value: i === 0 ? 0 : (i * (i - 1)) / 2 })
})

it('what a function answers and does not fit is kept for who asks for it', async () => {
  const kept: unknown[] = []
  const { call } = laneTo({
    answer: ({ args: [i] }) => Promise.resolve({ value: i === 0 ? 0 : 'a text' }),
    keep: (_, value) => kept.push(value),
  })
  // The thread counts -1 for each.
  expect(await call(2, [3])).toEqual({ status: 'value', value: -2 })
  expect(kept).toEqual(['a text', 'a text'])
})
