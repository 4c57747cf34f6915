import {
  createInstances,
  encodeError,
  lastPieces,
  type Outcome,
  ThreadMeter,
} from '@wasm-plugin/embed/thread'
import { RuleState } from '@wasm-plugin/wasi/gate'
import { suspendingPorts } from '../instance-ports.js'
import { Asking, type Post, sendLarge } from '../threads/ask.js'
import type { RulesNow, SuspendingStart, ToSuspending } from '../threads/messages.js'

export interface Channel {
  readonly post: Post
  /** Has every message from now on heard by this. */
  readonly listen: (hear: (message: ToSuspending) => void) => void
}

/**
 * A plugin's thread in a page that shares no memory with it: the plugin is suspended while it waits, and its thread hears what
 * the page says meanwhile.
 */
export function startSuspending({ init, thread, rules }: SuspendingStart, { post, listen }: Channel): void {
  try {
    const asking = new Asking(post)
    const heard = hearing(new RuleState(init.ruleState), rules)
    const instances = createInstances(init, {
      ask: (request, call) => asking.ask(request, call),
      askDirectly: () => undefined,
      ports: () => suspendingPorts(thread),
      post,
      suspends: heard,
    })
    const meter = new ThreadMeter(init.lane)
    const started = instances.start()
    const answer = async (id: number, run: () => unknown) =>
      sendLarge(await outcomeOf(run), post, (outcome, transfer) =>
        post(
          { type: 'result', id, outcome, used: meter.numbers(), ...lastPieces(instances.pieces()) },
          transfer,
        ),
      )
    listen((message) => {
      if (message.type === 'reply') asking.reply(message.id, message.bytes)
      else if (message.type === 'rules') heard.hear(message)
      else if (message.type !== 'lane') void answer(message.id, () => instances.serve(message))
    })
    post({ type: 'ready', ...started })
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
  }
}

function hearing(state: RuleState, first: SuspendingStart['rules']) {
  let latest = first.latest
  const hear = (now: RulesNow) => {
    latest = now.latest ?? latest
    state.setHeard(now.heard)
    state.publish(latest.version)
  }
  hear(first)
  return { state, latest: () => latest, hear }
}

async function outcomeOf(run: () => unknown): Promise<Outcome> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}
