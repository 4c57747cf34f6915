import { encodeError } from '../errors/wire-error.js'
import { ThreadLane } from '../lane/thread-lane.js'
import type { FromThread, HostRequest, Outcome, ThreadInit, ToThread } from '../wire/messages.js'
import { createInstances } from './instances.js'
import type { InstancesContext } from './instances-context.js'
import { lastPieces } from './outbox.js'

/** What a thread that shares memory with the application gives to the plugin that runs in it. */
export interface ThreadEnds extends Pick<InstancesContext, 'ports' | 'post'> {
  /** Asks the host's thread as `InstancesContext` has it. @param isAlone whether the application called this plugin last */
  readonly ask: (isAlone: () => boolean) => (request: HostRequest, call: number | undefined) => Outcome
  /** Posts what came of a call. @param last what goes with it, to be looked at when all that is large was sent */
  readonly answer: (id: number, outcome: Outcome, last: () => ReturnType<typeof lastPieces>) => void
}

export interface Started {
  /** What the application is to hear of it. */
  readonly ready: Extract<FromThread, { readonly type: 'ready' }>
  /** Answers the messages that follow. */
  readonly serve: (message: ToThread) => void
}

/** Instantiates a plugin in the thread that it runs in. Throws what keeps it from starting. */
export function startPlugin(init: ThreadInit, ends: ThreadEnds): Started {
  const ask = ends.ask(() => lane.isAlone)
  /** Events that were posted. */
  let events = 0
  const instances = createInstances(init, {
    ask(request, call) {
      lane.asked()
      return ask(request, call)
    },
    askDirectly: (func, type, asked) => lane.ask(func, type, asked),
    show: (value) => lane.show(value),
    ports: ends.ports,
    post(event) {
      events++
      ends.post(event)
    },
  })
  const answer = (id: number, run: () => unknown) =>
    ends.answer(id, outcomeOf(run), () => lastPieces(instances.pieces()))
  const lane = new ThreadLane(init, {
    typeOf: (func) => instances.typeOf(func),
    serve: (call) => instances.called(call),
    copied: (call) => instances.copied(call),
    rest: () => instances.rest(),
    events: () => events,
    post: answer,
  })
  return {
    ready: { type: 'ready', ...instances.start() },
    serve(message) {
      if (message.type === 'lane') lane.serve()
      else answer(message.id, () => instances.serve(message))
    },
  }
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}
