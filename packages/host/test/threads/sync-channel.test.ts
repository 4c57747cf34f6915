// On every Node: messages between threads.

import { once } from 'node:events'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { HostRequest, Outcome } from '@wasm-plugin/embed/thread'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createAsk, createChannel, type HostCall, type HostReply, serveChannel } from '#internal'
import { attack } from '../helpers/attack.js'

/** Answers every request, after it has woken the waiter once for nothing. */
const HASTY_HOST = `
  const { workerData: { port, signal: buffer } } = require('node:worker_threads')
  const signal = new Int32Array(buffer)
  port.on('message', ({ id, request: { content: value } }) => {
    while (Atomics.notify(signal, 0) === 0);
    port.postMessage({ id, outcome: { content: { ok: true, value }, holes: [], pieces: 0 } })
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  })`

/** Answers each request, but the one before it once more first. */
const LATE_HOST = `
  const { workerData: { port, signal: buffer } } = require('node:worker_threads')
  const signal = new Int32Array(buffer)
  const answer = (id) => {
    port.postMessage({ id, outcome: { content: { ok: true, value: id }, holes: [], pieces: 0 } })
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  }
  port.on('message', ({ id }) => [id - 1, id].forEach(answer))`

function askOf(host: string) {
  const { port1, port2 } = new MessageChannel()
  const signal = new SharedArrayBuffer(4)
  const worker = new Worker(host, { eval: true, workerData: { port: port1, signal }, transferList: [port1] })
  onTestFinished(async () => {
    port2.close()
    await worker.terminate()
  })
  const ask = createAsk({ port: port2, pieces: port2, signal }, () => true)
  return (request: HostRequest) => ask(request, undefined)
}

const request = (name: string): HostRequest => ({ kind: 'service', service: 'dns.resolve', args: [name] })

it('a thread that is woken by the late wake of an earlier reply goes on waiting for its own', () => {
  const ask = askOf(HASTY_HOST)
  for (let i = 0; i < 100; i++) expect(ask(request(`${i}`))).toEqual({ ok: true, value: request(`${i}`) })
})

it('a reply to another request is not taken for one to this', () => {
  const ask = askOf(LATE_HOST)
  for (let i = 1; i <= 100; i++) expect(ask(request('a'))).toEqual({ ok: true, value: i })
})

it('requests of two calls are answered side by side, each by its number', async () => {
  const channel = createChannel()
  const { port } = channel.worker
  const answers = new Map<number | undefined, (outcome: Outcome) => void>()
  const handle = (_: HostRequest, call: number | undefined) =>
    new Promise<Outcome>((resolve) => answers.set(call, resolve))
  const stop = serveChannel(channel, { handle, onAnswered: () => {}, maxValues: 100 })
  onTestFinished(() => {
    stop()
    port.close()
  })
  for (const [id, call] of [
    [1, 70],
    [2, 80],
  ] as const)
    port.postMessage({
      id,
      call,
      request: { content: { kind: 'drain' }, holes: [], pieces: 0 },
    } satisfies HostCall)
  await vi.waitUntil(() => answers.size === 2)
  const answered = async (call: number) => {
    const reply = once(port, 'message')
    answers.get(call)?.({ ok: true, value: call })
    const [{ id, outcome }] = (await reply) as [HostReply]
    return [id, outcome.content]
  }
  expect(await answered(80)).toEqual([2, { ok: true, value: 80 }])
  expect(await answered(70)).toEqual([1, { ok: true, value: 70 }])
})

attack(
  'E74',
  'Asks for large answers of the application, over and over',
  'they are sent in pieces, in turns of the event loop, with the application in between',
  async () => {
    const channel = createChannel()
    const { port, pieces } = channel.worker
    const answer = (value: unknown) => async () => ({ ok: true, value }) as const
    const ask = async () => {
      const request = { content: { kind: 'drain' }, holes: [], pieces: 0 } as const
      port.postMessage({ id: 1, call: undefined, request } satisfies HostCall)
      const [reply] = (await once(port, 'message')) as [HostReply]
      let sent = 0
      while (receiveMessageOnPort(pieces) !== undefined) sent++
      return { content: reply.outcome.content, told: reply.outcome.pieces, sent }
    }
    const lists = Array.from({ length: 600_000 }, () => [])
    const stop = serveChannel(channel, { handle: answer(lists), onAnswered: () => {}, maxValues: 2_000_000 })
    onTestFinished(() => {
      stop()
      port.close()
    })
    const { content, told, sent } = await ask()
    expect(content).toEqual({ ok: true, value: undefined })
    expect(told).toBe(sent)
    expect(sent).toBeGreaterThan(50)
    expect(lists).toHaveLength(600_000)
  },
)
