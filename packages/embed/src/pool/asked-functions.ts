import type { GrantSet } from '@wasm-plugin/wasi'
import type { HostFunction } from '../contract/host-function.js'
import type { LaneQuestion, Returned as ReturnedInPlace } from '../lane/app-answers.js'
import type { AsyncContext } from '../ports.js'
import type { AnsweredRequest, AppRequest, Outcome } from '../wire/messages.js'
import type { Returned, ThreadServer } from './host-functions.js'
import { callingRun, type HostRun, within } from './host-run.js'

export interface Asked {
  /** The instance that asks. */
  readonly slot: object
  readonly grants: GrantSet
  readonly runs: AsyncContext
  /** Those that may be asked for by shared memory, by their indices there. */
  readonly functions: readonly HostFunction[]
  readonly server: ThreadServer
  /** Called when what the thread waited for is there. */
  readonly onAnswered: (run: HostRun) => void
  /** What made a call that runs; undefined where nobody waits for its end yet. */
  readonly callerOf: (call: number) => { readonly caller: HostRun | undefined } | undefined
}

/** What a thread asks of the application: who asks and since when is known while it is answered. */
export class AskedFunctions {
  readonly #asked: Asked
  /** Runs something where its thread was started, as what comes by message is run. */
  readonly #outside: <T>(work: () => T) => T
  /** The functions that are waited for, by the ids of the calls; undefined is the start. */
  readonly #runs = new Map<number | undefined, HostRun>()
  /** The last that was answered. */
  #last: HostRun | undefined
  /** Answers that the thread asks for by message, by the numbers of its questions. */
  readonly #kept = new Map<number, Promise<Outcome>>()

  constructor(asked: Asked) {
    this.#asked = asked
    this.#outside = asked.runs.here()
  }

  /** Answers what came as a message. */
  async answer(request: AppRequest, call: number | undefined): Promise<Outcome> {
    if (request.kind === 'kept') {
      const answer = this.#kept.get(request.question)
      this.#kept.delete(request.question)
      return (await answer) as Outcome
    }
    const { runs, server } = this.#asked
    const run = this.#begin(nameOf(request), call)
    const answer = () => within(runs, run, () => server.answer(request))
    if (request.kind === 'function') return await this.#awaited(run, answer)
    run.answered = true
    if (request.kind !== 'service') return await answer()
    try {
      return await answer()
    } finally {
      run.until = performance.now()
      this.#asked.onAnswered(run)
    }
  }

  /** Runs a function for a thread that waits in place: what it returned, or undefined where that is kept. */
  answerInPlace(question: LaneQuestion): ReturnedInPlace | Promise<ReturnedInPlace> {
    const { func, args, call } = question
    const { runs, functions } = this.#asked
    const { name, call: hostFunction } = functions[func] as HostFunction
    const run = this.#begin(name, call)
    this.#runs.set(call, run)
    try {
      const value = this.#outside(() => within(runs, run, () => hostFunction(...args)))
      if (isThenable(value)) return this.#late(question, run, value)
      this.#end(run)
      return { value }
    } catch (error) {
      this.#keep(question, run, { error })
      return undefined
    }
  }

  /** Keeps an answer for when the thread asks for it. */
  keep(question: LaneQuestion, value: unknown): void {
    this.#kept.set(question.question, this.#answerWith(question, { value }))
  }

  /** The function that a call waits for, or waited for last. */
  lastOf(call: number | undefined): HostRun | undefined {
    return this.#runs.get(call) ?? (this.#last?.call === call ? this.#last : undefined)
  }

  async #late(question: LaneQuestion, run: HostRun, ...[promise]: [unknown]): Promise<ReturnedInPlace> {
    try {
      const value = await promise
      this.#end(run)
      return { value }
    } catch (error) {
      this.#keep(question, run, { error })
      return undefined
    }
  }

  #keep(question: LaneQuestion, run: HostRun, ...[returned]: [Returned]): void {
    const answer = () => within(this.#asked.runs, run, () => this.#answerWith(question, returned))
    this.#kept.set(question.question, this.#awaited(run, answer))
  }

  #begin(name: string, call: number | undefined): HostRun {
    const { slot, grants, runs, callerOf } = this.#asked
    const running = call === undefined ? { caller: undefined } : callerOf(call)
    return {
      slot,
      grants,
      call,
      name,
      since: performance.now(),
      until: undefined,
      // One that is waited for in place is known to nobody yet, and what made it runs.
      caller: running === undefined ? callingRun(runs) : running.caller,
      answered: false,
    }
  }

  #end(run: HostRun): void {
    run.answered = true
    run.until = performance.now()
    if (this.#runs.get(run.call) === run) this.#runs.delete(run.call)
    this.#last = run
    this.#asked.onAnswered(run)
  }

  async #awaited(run: HostRun, answer: () => Promise<Outcome>): Promise<Outcome> {
    this.#runs.set(run.call, run)
    try {
      return await answer()
    } finally {
      this.#end(run)
    }
  }

  #answerWith({ func }: LaneQuestion, returned: Returned): Promise<Outcome> {
    const { functions, server } = this.#asked
    return server.answerWith(functions[func] as HostFunction, returned)
  }
}

/** What `await` waits for. */
function isThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { then?: unknown }).then === 'function'
}

function nameOf(request: AnsweredRequest): string {
  if (request.kind === 'service') return request.service
  if (request.kind !== 'function') return request.kind
  const { instance, func } = request
  return instance === null ? func : `${instance}#${func}`
}
