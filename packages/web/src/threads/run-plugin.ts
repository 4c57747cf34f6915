import {
  type AppRequest,
  errors,
  type ThreadEvents,
  type ThreadPort,
  type ThreadSpec,
  turn,
} from '@wasm-plugin/embed'
import { Inbox } from './inbox.js'
import type { Asked, FromWorker, ThreadStart } from './messages.js'
import { Replies, repliesMemory } from './replies.js'

/** How many there have been. */
let threads = 0

/** Runs an instance of a plugin in a worker that nobody else has. */
export function runPlugin(worker: Worker, { init }: ThreadSpec, events: ThreadEvents): ThreadPort {
  const thread = ++threads
  const lock = `wasm-plugin:${crypto.randomUUID()}`
  const memory = repliesMemory()
  const replies = new Replies(memory, init.limits.liftedValues)
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
  worker.postMessage({ init, thread, lock, replies: memory } satisfies ThreadStart)
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    // A page waits for nobody.
    hold() {},
    terminate() {
      if (isEnded) return
      isEnded = true
      worker.terminate()
      // No event tells of its end, which may be later: but what it does, it does with the lock.
      void navigator.locks.request(lock, () => events.onExit(thread, 'it was ended'))
    },
  }
}
