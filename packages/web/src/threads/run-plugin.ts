import {
  type AppRequest,
  errors,
  type ThreadEvents,
  type ThreadPort,
  type ThreadSpec,
  turn,
} from '@wasm-plugin/embed'
import { handedOver } from '@wasm-plugin/embed/wire'
import { sharedMemory } from '@wasm-plugin/wasi/gate'
import { canSleep } from '../page/isolation.js'
import { Inbox } from './inbox.js'
import type { Asked, FromWorker, SuspendingStart, ThreadStart, ToSuspending } from './messages.js'
import { postedReplies } from './posted-replies.js'
import { PostedRules } from './posted-rules.js'
import { type Answers, Replies, repliesMemory } from './replies.js'

/** How many there have been. */
let threads = 0

/** Runs an instance of a plugin in a worker that nobody else has. */
export function runPlugin(worker: Worker, spec: ThreadSpec, events: ThreadEvents): ThreadPort {
  const { init } = spec
  const thread = ++threads
  const lock = `wasm-plugin:${crypto.randomUUID()}`
  const { replies, rules } = begin(worker, spec, { init, thread, lock })
  const inbox = new Inbox()
  let isEnded = false
  const answer = async ({ id, call, request }: Asked) => {
    replies.begin(id)
    const whole = inbox.take(request)
    // A plugin that asks without end gets its answers in turns.
    await turn()
    await replies.send(id, await events.ask((await whole) as AppRequest, call))
    if (!isEnded) events.onAnswered()
  }
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case 'piece':
        return inbox.add(data.piece)
      case 'ask':
        return isEnded ? undefined : void answer(data)
      case 'room':
        return void replies.fill(data.id, data.room)
      case 'ready':
        rules?.ready()
        return events.onMessage(data)
      case 'result':
        return void inbox.take(data.outcome).then((outcome) => events.onMessage({ ...data, outcome }))
      default:
        events.onMessage(data)
    }
  }
  const crashed = (reason: string) => events.onCrash(errors.WORKER_CRASHED({ reason }))
  worker.onerror = (event) => {
    event.preventDefault()
    crashed(event.message || 'its script could not be loaded')
  }
  worker.onmessageerror = () => crashed('it sent what the page cannot read')
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    // A page waits for nobody.
    hold() {},
    terminate() {
      if (isEnded) return
      isEnded = true
      rules?.end()
      worker.terminate()
      // No event tells of its end, which may be later: but what it does, it does with the lock.
      void navigator.locks.request(lock, () => events.onExit(thread, 'it was ended'))
    },
  }
}

interface Begun {
  readonly replies: Answers
  /** Where the worker hears of them by message. */
  readonly rules?: PostedRules
}

function begin(worker: Worker, spec: ThreadSpec, start: Omit<ThreadStart, 'replies'>): Begun {
  const { liftedValues } = spec.init.limits
  if (canSleep()) {
    const memory = repliesMemory()
    worker.postMessage({ ...start, replies: memory } satisfies ThreadStart, handedOver(start.init))
    return { replies: new Replies(memory, liftedValues) }
  }
  const post = (message: ToSuspending, transfer: readonly ArrayBuffer[] = []) =>
    worker.postMessage(message, [...transfer])
  const rules = new PostedRules(spec, (now) => post({ type: 'rules', ...now }))
  // Nothing is on a lane that only one end has.
  const init = { ...start.init, lane: sharedMemory(0) }
  worker.postMessage({ ...start, init, rules: rules.first() } satisfies SuspendingStart, handedOver(init))
  return { replies: postedReplies(post, liftedValues), rules }
}
