// On every Node: how threads wake each other.
import { Worker } from 'node:worker_threads'
import { AppLane, type LaneOwner, type LaneReply } from '@wasm-plugin/embed/internal'
import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import { expect, it, onTestFinished, vi } from 'vitest'

const u32 = { kind: 'u32' } as const
const func = (...params: string[]): FuncType => ({
  kind: 'func',
  async: false,
  params: params.map((name) => ({ name, type: u32 })),
  result: u32,
})
const bytes = { kind: 'list', element: { kind: 'u8' } } as const
const pairs = { kind: 'list', element: { kind: 'tuple', items: [u32, u32] } } as const
const given = (type: ValueType): FuncType => ({
  kind: 'func',
  async: false,
  params: [{ name: 'value', type }],
  result: type,
})
const functions = [
  func(),
  func('times'),
  { ...func('times'), result: { kind: 's32' } as const },
  given(bytes),
  given(pairs),
]
/** Of `functions`. */
const GIVEN = { bytes: 3, pairs: 4 }
const hostFunctions = [func('value')]
const limits = { valueBytes: 1 << 20, liftedValues: 50_000 }

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
    show: () => {},
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
  return { lane, begin, call, settled, worker }
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

it('the memory of a lane whose thread is gone is that of the next one, and nobody else writes to it', async () => {
  let answer = (_: { value: unknown }) => {}
  const asked = vi.fn(() => new Promise<{ value: unknown }>((resolve) => (answer = resolve)))
  const { lane, begin, worker } = laneTo({ answer: asked })
  begin(1, [1])
  lane.watch()
  await vi.waitUntil(() => asked.mock.calls.length > 0)
  const late = begin(0, [])
  lane.close()
  await worker.terminate()
  lane.free()
  const next = laneTo()
  expect(next.lane.buffer).toBe(lane.buffer)
  const words = () => [...new Int32Array(lane.buffer, 0, 560)]
  expect(words().every((word) => word === 0)).toBe(true)
  answer({ value: 7 })
  expect(lane.withdraw(late)).toBeUndefined()
  lane.leave()
  lane.watch()
  lane.look()
  await new Promise((resolve) => setImmediate(resolve))
  expect(words().every((word) => word === 0)).toBe(true)
  expect(await next.call(0, [])).toEqual({ status: 'value', value: 1 })
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

it('a mebibyte of numbers goes there and back, and of what has many parts an eighth of that does not', async () => {
  const { lane, call } = laneTo()
  const mebibyte = new Uint8Array(1 << 20).fill(7)
  expect(numberOf(await call(GIVEN.bytes, [mebibyte]), 1 << 20)).toBe(7)
  expect(await call(GIVEN.pairs, [[[1, 2]]])).toEqual({ status: 'value', value: [[1, 2]] })
  // Of eight bytes each.
  const many = Array.from({ length: 1 << 14 }, (_, i) => [i, i])
  const type = functions[GIVEN.pairs] as FuncType
  const begun = (args: unknown[]) =>
    lane.begin({ index: GIVEN.pairs, type }, { id: 99, fuel: undefined, args })
  expect(begun([many])).toBe(false)
  expect(lane.calls).toBe(0)
})

it('what one call has written is there for as long as another one is read', async () => {
  const { lane, begin, settled } = laneTo()
  const values = [1, 2, 3].map((n) => new Uint8Array(300_000).fill(n))
  const ids = values.map((value) => begin(GIVEN.bytes, [value]))
  lane.watch()
  await vi.waitUntil(() => settled.size === ids.length)
  expect(ids.map((id) => numberOf(settled.get(id), 300_000))).toEqual([1, 2, 3])
})

/** What a list of so many bytes has in each place. To compare them one by one takes seconds. */
function numberOf(reply: LaneReply | undefined, length: number): number | undefined {
  if (reply?.status !== 'value' || !(reply.value instanceof Uint8Array)) return undefined
  const [first] = reply.value
  return first !== undefined && Buffer.alloc(length, first).equals(reply.value) ? first : undefined
}
