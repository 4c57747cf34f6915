import type { Answer, Asked } from './http/answer.js'
import { CLIENT_LEFT, type Failure, failureOf } from './http/failure.js'
import { answerOf } from './http/refusal.js'
import type { AccessEntry } from './log/access-entry.js'

export interface AnsweringOwner {
  clientOf(asked: Pick<Asked, 'direct' | 'fields'>): string
  /** It is over; an entry of the log, unless nobody is to hear of it. */
  over(entry: AccessEntry | undefined): void
}

/** A request that is being answered, from its arrival to the last byte. */
export class Answering {
  readonly id: string
  readonly #owner: AnsweringOwner
  readonly #asked: Asked
  readonly #time = Date.now()
  readonly #started = performance.now()

  /** Set once there is one. */
  answer!: Answer

  constructor(id: string, asked: Asked, owner: AnsweringOwner) {
    this.id = id
    this.#asked = asked
    this.#owner = owner
  }

  /** To be called when the response was sent, as far as it was. */
  over(bytes: number, error?: unknown, isLogged = true): void {
    this.#owner.over(isLogged ? this.#entry(bytes, error) : undefined)
  }

  /** What is to be sent, and said in the log, instead of an answer of which nothing was sent. */
  refuse(error: unknown): Answer {
    const { route } = this.answer
    this.answer = { ...answerOf(this.#failureOf(error), this.id), route }
    return this.answer
  }

  #entry(bytes: number, error: unknown): AccessEntry {
    const { answer } = this
    const { method, target } = this.#asked
    const failure = answer.failure ?? (error === undefined ? undefined : this.#failureOf(error))
    const isTold = failure !== undefined && failure.status !== CLIENT_LEFT
    return {
      id: this.id,
      time: this.#time,
      client: this.#owner.clientOf(this.#asked),
      method,
      target,
      route: answer.route,
      status: answer.response.status,
      bytes,
      durationMs: performance.now() - this.#started,
      error: isTold ? { code: failure.code, message: failure.message } : undefined,
    }
  }

  #failureOf(error: unknown): Failure {
    return this.answer.cutFor?.() ?? failureOf(error)
  }
}
