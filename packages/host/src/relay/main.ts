import { Socket } from 'node:net'
import type { Sampler, ThreadPort } from '@wasm-plugin/embed'
import {
  atOnce,
  encodeError,
  errors,
  type HostRequest,
  laneBuffer,
  type Outcome,
  type Parcel,
  type Piece,
  pack,
  type ThreadInit,
  ThreadMeter,
  unpack,
} from '@wasm-plugin/embed/thread'
import { compileTransferred } from '@wasm-plugin/runtime/internal'
import type { FromProcess, ProcessInit, ToProcess } from '../processes/messages.js'
import { Pipe } from '../processes/pipe.js'
import { bootThread } from '../threads/boot-thread.js'
import { scriptOf } from '../threads/code/shared.js'
import { runPlugin } from '../threads/run-plugin.js'

/**
 * The entry of a plugin's process: starts the thread that runs the plugin, and carries what it and the application say to
 * each other. The event loop here is never held, so the end of the application is always heard of.
 */
const UNLIMITED = { message: 2 ** 32 - 1, atOnce: 2 ** 32 - 1 }
const stream = new Socket({ fd: 3, readable: true, writable: true })
const pipe = new Pipe<FromProcess, ToProcess>(stream, UNLIMITED, { onMessage: take, onBroken: end })
stream.on('close', end)

/** Whatever the plugin does: nobody is left to hear of it. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

let thread: ThreadPort | undefined
let head: Int32Array | undefined
/** Messages that came before the thread was there. */
const early: Extract<ToProcess, { type: 'post' }>[] = []
/** Those that the thread waits for an answer to. */
const asked = new Map<number, (outcome: Outcome) => void>()
const pieces: { readonly id: number; readonly piece: Piece }[] = []
let lastAsked = 0

function take(message: ToProcess): void {
  switch (message.type) {
    case 'init':
      start(message.init).catch(fail)
      return
    case 'post':
      if (thread === undefined) early.push(message)
      else thread.post(message.message)
      return
    case 'piece':
      pieces.push(message)
      return
    case 'answer':
      answer(message.id, message.outcome)
      return
    case 'head':
      publish(message.head)
      return
    case 'profile':
      profile(message.step).catch(() => pipe.send({ type: 'profile', isOk: false }))
  }
}

async function start({ init, head: initial, heapBytes, script }: ProcessInit): Promise<void> {
  const ruleState = new SharedArrayBuffer(initial.byteLength)
  head = new Int32Array(ruleState)
  publish(initial)
  const code = { script: () => scriptOf(script), keep() {} }
  const booted = bootThread(code, { heapBytes, name: init.plugin })
  const component = await compileTransferred(init.component)
  const lane = laneBuffer()
  const meter = new ThreadMeter(lane)
  const whole: ThreadInit = { ...init, component, ruleState, lane }
  thread = runPlugin(
    booted,
    { init: whole, heapBytes },
    {
      ask,
      onAnswered() {},
      onMessage(message) {
        if (message.type === 'result')
          send(message.outcome, (outcome) => ({ ...message, outcome, used: meter.numbers() }))
        else pipe.send(message)
      },
      onCrash: crash,
      onExit: (_, reason) => crash(errors.WORKER_CRASHED({ reason })),
      onStarted() {},
    },
  )
  for (const { message } of early) thread.post(message)
}

let sampler: Sampler | undefined

/** Looks at the thread. */
async function profile(step: 'begin' | 'end'): Promise<void> {
  sampler ??= thread?.sampler?.()
  if (step === 'begin') await sampler?.begin()
  const seen = step === 'end' ? await sampler?.end() : undefined
  const bytes = seen === undefined ? {} : { bytes: new TextEncoder().encode(JSON.stringify(seen)) }
  pipe.send({ type: 'profile', isOk: sampler !== undefined, ...bytes })
}

function crash(error: Error): void {
  pipe.send({ type: 'crash', error: encodeError(error) })
}

function fail(error: unknown): void {
  pipe.send({ type: 'failed', error: encodeError(error) })
}

/** Before anything that comes after it is handed on. */
function publish(words: Int32Array): void {
  for (const [index, word] of words.entries()) Atomics.store(head as Int32Array, index, word)
}

function ask(request: HostRequest, call: number | undefined): Promise<Outcome> {
  const id = ++lastAsked
  return new Promise((resolve) => {
    asked.set(id, resolve)
    send(request, (request) => ({ type: 'ask', id, call, request }))
  })
}

function answer(id: number, parcel: Parcel<Outcome>): void {
  const resolve = asked.get(id)
  asked.delete(id)
  const mine = pieces.filter((sent) => sent.id === id)
  pieces.splice(0, pieces.length, ...pieces.filter((sent) => sent.id !== id))
  const outcome = atOnce(unpack(parcel, () => mine.shift()?.piece))
  if (outcome !== undefined) resolve?.(outcome)
}

/** Sends what is large about `content` ahead. */
function send<T extends object>(content: T, message: (parcel: Parcel<T>) => FromProcess): void {
  const post = (piece: Piece) => pipe.send({ type: 'piece', piece })
  const { parcel } = atOnce(pack(content, { post, transfers: false, max: Number.POSITIVE_INFINITY }))
  pipe.send(message(parcel))
}
