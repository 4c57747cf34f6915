import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { callBlocking } from '../../src/wire/sync-channel.js'

/** Answers every request, after it has woken the waiter once for nothing. */
const HASTY_HOST = `
  const { workerData: { port, signal: buffer } } = require('node:worker_threads')
  const signal = new Int32Array(buffer)
  port.on('message', ({ content: value }) => {
    while (Atomics.notify(signal, 0) === 0);
    port.postMessage({ ok: true, value })
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
  })`

it('a thread that is woken by the late wake of an earlier reply goes on waiting for its own', async () => {
  const { port1, port2 } = new MessageChannel()
  const signal = new SharedArrayBuffer(4)
  const worker = new Worker(HASTY_HOST, {
    eval: true,
    workerData: { port: port1, signal },
    transferList: [port1],
  })
  onTestFinished(async () => {
    port2.close()
    await worker.terminate()
  })
  for (let i = 0; i < 100; i++) {
    const request = { kind: 'service', func: 'echo', args: [i] } as const
    expect(callBlocking({ port: port2, pieces: port2, signal }, request)).toEqual({
      ok: true,
      value: request,
    })
  }
})
