import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import type { HostRequest } from '../../src/wire/messages.js'
import { createAsk } from '../../src/wire/sync-channel.js'

/** Answers every request, after it has woken the waiter once for nothing. */
const HASTY_HOST = `
  const { workerData: { port, signal: buffer } } = require('node:worker_threads')
  const signal = new Int32Array(buffer)
  port.on('message', ({ id, request: { content: value } }) => {
    while (Atomics.notify(signal, 0) === 0);
    port.postMessage({ id, outcome: { ok: true, value } })
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  })`

/** Answers each request, but the one before it once more first. */
const LATE_HOST = `
  const { workerData: { port, signal: buffer } } = require('node:worker_threads')
  const signal = new Int32Array(buffer)
  const answer = (id) => {
    port.postMessage({ id, outcome: { ok: true, value: id } })
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
  return createAsk({ port: port2, pieces: port2, signal })
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
