import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { errors, inTurns, type ThreadEvents, type ThreadPort, type ThreadSpec } from '@wasm-plugin/embed'
import {
  decodeError,
  encodeError,
  type HostRequest,
  MAX_UNSEEN,
  METER_NUMBERS,
  type Outcome,
  type Parcel,
  type Piece,
  pack,
  type ThreadInit,
  turn,
  unpack,
} from '@wasm-plugin/embed/thread'
import { cpuMsOfProcess } from '../node/processor-time.js'
import type { Entry } from '../worker-url.js'
import { Gathered } from './gathered.js'
import { happened } from './happened.js'
import type { FromProcess, ToProcess } from './messages.js'
import { notStarted } from './not-started.js'
import { Pipe } from './pipe.js'
import { RemoteSampler } from './remote-sampler.js'
import { reportedError } from './reported-error.js'
import type { RuleDesk } from './rule-desk.js'

export interface ProcessParts {
  readonly child: ChildProcess
  /** Of the thread in it. */
  readonly script: Entry
  readonly desk: RuleDesk
}

/** Gives a plugin to a process. */
export function runProcess(
  { child, script, desk }: ProcessParts,
  { init, heapBytes, rules }: ThreadSpec,
  events: ThreadEvents,
): ThreadPort {
  // The system had no descriptor for its streams, and then Node makes none.
  if (child.stdio === undefined) return notStarted(child, events)
  const thread = child.pid ?? 0
  const stream = child.stdio[PIPE] as Duplex & { ref(): void; unref(): void }
  const gathered = new Gathered(init.limits.liftedValues)
  /** Calls that it has not answered. */
  const running = new Set<number>()
  /** The last that it did; what it does between calls is told in that one's name. */
  let answered: number | undefined
  let asking = 0
  /** Events since it has waited last until they were seen. */
  let unseen = 0
  /** How often its memory changed since the last result. */
  let changes = 0
  let isStarted = false
  /** What it says that it has used. */
  let used: readonly number[] = []
  /** Codes of errors that it was answered with. */
  const told = new Set<string>()
  let isEnded = false
  let sampler: RemoteSampler | undefined

  const end = () => {
    isEnded = true
    child.kill('SIGKILL')
  }
  const crash = (error: Error) => {
    events.onCrash(error)
    end()
  }
  const whole = <T extends object>(parcel: Parcel<T>): (() => Promise<T>) => {
    // They were sent before it, and nothing between them.
    const sent = gathered.take()
    return async () => {
      const content = await inTurns(unpack(parcel, () => sent.shift()))
      if (typeof content !== 'object' || content === null) throw new Error('it is incomplete')
      return content
    }
  }
  const answer = async ({ id, call, request: parcel }: Extract<FromProcess, { type: 'ask' }>) => {
    const read = whole(parcel)
    // A plugin that asks without end gets its answers in turns.
    await turn()
    const request = await read()
    if (request.kind === 'service' && request.service === 'events.seen') unseen = 0
    const outcome = request.kind === 'rules' ? await ruled(request) : await events.ask(request, call)
    asking--
    await reply(id, outcome)
    events.onAnswered()
  }
  const ruled = async ({ question }: Extract<HostRequest, { kind: 'rules' }>): Promise<Outcome> => {
    try {
      return { ok: true, value: await desk.answer(thread, question) }
    } catch (error) {
      return { ok: false, error: encodeError(error) }
    }
  }
  /** One that there is no room for, or that cannot be cloned, becomes a failure: the waiting thread always wakes up. */
  const reply = async (id: number, outcome: Outcome) => {
    if (!outcome.ok && outcome.error.kind === 'plugin') told.add(outcome.error.code)
    try {
      const post = (piece: Piece) => pipe.send({ type: 'piece', id, piece })
      const max = init.limits.liftedValues
      const { parcel } = await inTurns(pack(outcome, { post, transfers: false, max }))
      pipe.send({ type: 'answer', id, outcome: parcel })
    } catch (error) {
      const content = { ok: false, error: failureOf(error) } as const
      pipe.send({ type: 'answer', id, outcome: { content, holes: [], pieces: 0 } })
    }
  }
  const onMessage = async (message: FromProcess, bytes: number) => {
    switch (message.type) {
      case 'piece':
        if (!isEnded) gathered.add(message.piece, bytes)
        return
      case 'ask':
        if (++asking > MAX_ASKING) throw new Error('it asks on before it has an answer')
        if (!isEnded) await answer(message)
        return
      case 'result': {
        if (!running.delete(message.id)) throw new Error('nobody waits for it')
        answered = message.id
        changes = 0
        used = usedNow(message.used, used)
        const outcome = await whole(message.outcome)()
        if (!isEnded) events.onMessage({ ...message, used, outcome: checked(outcome) })
        return
      }
      case 'profile':
        if (sampler === undefined) throw new Error('nobody waits for it')
        sampler.receive(message)
        return
      case 'crash':
        if (!isEnded) crash(decodeError(reportedError(message.error, told)))
        return
      case 'access':
      case 'log':
        if (message.call !== undefined && message.call !== answered && !running.has(message.call))
          throw new Error('it is in no such call')
        // A thread waits after some, and what it says of that may be quicker than they are.
        if (++unseen > 4 * MAX_UNSEEN) throw new Error('it waits for nobody')
        events.onMessage(happened(message, init.plugin))
        return
      case 'memory':
        if (!isMemory(message.bytes, init.limits)) throw new Error('it cannot have so much')
        if (++changes > MAX_CHANGES) throw new Error('it changes without end')
        events.onMessage(message)
        return
      case 'ready':
      case 'failed':
        if (isStarted) throw new Error('it has started')
        isStarted = true
        events.onMessage(
          // Nothing is saved of processes, so none has lost any of it.
          message.type === 'ready'
            ? { type: 'ready' }
            : { ...message, error: reportedError(message.error, told) },
        )
        return
      case 'response':
        if (!running.has(message.call as number)) throw new Error('it is in no such call')
        events.onMessage(message)
        return
      default:
        broken('it sent what is no message')
    }
  }

  const checked = (outcome: Outcome): Outcome =>
    outcome.ok ? outcome : { ok: false, error: reportedError(outcome.error, told) }

  const broken = (reason: string) => {
    if (!isEnded) crash(errors.PROCESS_CRASHED({ reason }))
  }
  const limits = { message: maxMessage(init.limits.liftedValues), atOnce: AT_ONCE }
  const pipe = new Pipe<ToProcess, FromProcess>(stream, limits, {
    // Whoever has broken out of WebAssembly there may send anything.
    onMessage: (message, bytes) =>
      void onMessage(message, bytes).catch(() => broken('it sent what is no message')),
    onBroken: broken,
  })
  const stopListening = rules.onChange(() => pipe.send({ type: 'head', head: rules.head() }))
  child.on('error', (error) => {
    if (child.pid === undefined) crash(errors.PROCESS_UNAVAILABLE({ reason: error.message }, error))
  })
  // When it has ended, and all that it had sent was read.
  child.on('close', (exitCode, signal) => {
    stopListening()
    desk.release(thread)
    sampler?.gone()
    const reason = signal === null ? `exit code ${exitCode}` : `it was ended by ${signal}`
    if (!isEnded) events.onCrash(errors.PROCESS_CRASHED({ reason }))
    events.onExit(thread, reason)
  })
  const { lane: _, ruleState: __, ...rest } = init
  pipe.send({
    type: 'init',
    init: { init: { ...rest, asksRules: true }, head: rules.head(), heapBytes, script },
  })
  return {
    post(message) {
      pipe.send({ type: 'post', message })
      if ('id' in message) running.add(message.id)
    },
    hold(isHeld) {
      for (const held of [child, stream]) isHeld ? held.ref() : held.unref()
    },
    terminate: end,
    sampler: () => {
      sampler = new RemoteSampler((message) => pipe.send(message))
      return sampler
    },
    cpuMs: () => child.pid && cpuMsOfProcess(child.pid),
  }
}

/** Index of the stream between the two in `stdio`. */
export const PIPE = 3

/** Bytes that are read without a break, while the application waits: those of a piece of text. */
export const AT_ONCE = 5 << 18

/** Of the memory in one call: what it starts with, what it grows by, and what is left of it. */
const MAX_CHANGES = 8

/** The thread sleeps until it has its answer; those that were on their way count for some time. */
const MAX_ASKING = 16

/** Bytes of a message: twice what the values of one weigh at most, and what does not count as one. */
function maxMessage(liftedValues: number): number {
  return Math.min(liftedValues * 128 + (16 << 20), 2 ** 32 - 1)
}

/** Whether an instance can have so many bytes of linear memory. */
function isMemory(bytes: unknown, { memories, memoryBytes }: ThreadInit['limits']): boolean {
  return Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (bytes as number) <= memories * memoryBytes
}

/** Counts of a process never become less. @throws what are none */
function usedNow(numbers: unknown, before: readonly number[]): readonly number[] {
  if (!Array.isArray(numbers) || numbers.length !== METER_NUMBERS) throw new Error('it counts otherwise')
  return numbers.map((number, i) => {
    if (!Number.isFinite(number) || number < (before[i] ?? 0)) throw new Error('it counts backwards')
    return number as number
  })
}

function failureOf(error: unknown) {
  const encoded = encodeError(error)
  return encoded.kind === 'plugin' && encoded.code === 'VALUE_TOO_LARGE'
    ? encoded
    : ({ kind: 'other', message: String(encoded.message) } as const)
}
