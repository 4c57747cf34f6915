import { ComponentError } from '@wasm-plugin/runtime'
import type { HttpEvent } from '../../protocol/http.js'
import { Pollable } from '../io/poll.js'
import type { Readiness } from '../io/readiness.js'
import type { HttpLink } from './link.js'

type Result<T> = { tag: 'ok'; val: T } | { tag: 'err'; val: unknown }

/** Something of an exchange on the host's thread that is waited for, and taken once. */
export abstract class Future<T> {
  protected readonly link: HttpLink
  protected readonly id: number
  protected taken = false
  readonly #event: HttpEvent
  /** Once ready, it stays so. */
  #known = false

  constructor(link: HttpLink, id: number, event: HttpEvent) {
    this.link = link
    this.id = id
    this.#event = event
  }

  subscribe(): Pollable {
    return new Pollable(this.#readiness(), this.link.waiter)
  }

  /** `undefined` while it is not there, an error when it was taken before; in between what it is. */
  get(): Result<Result<T>> | undefined {
    if (this.taken) return { tag: 'err', val: undefined }
    if (!this.#isReady()) return undefined
    this.taken = true
    return { tag: 'ok', val: outcome(() => this.take()) }
  }

  /** Throws the HTTP error code that came instead. */
  protected abstract take(): T

  #isReady(): boolean {
    this.#known ||= this.link.services.call('http.ready', [this.id, this.#event])
    return this.#known
  }

  #readiness(): Readiness {
    const waited = () => {
      this.#known = true
    }
    return { ready: () => this.#isReady(), here: () => this.#known, remote: [this.id, this.#event], waited }
  }
}

function outcome<T>(step: () => T): Result<T> {
  try {
    return { tag: 'ok', val: step() }
  } catch (error) {
    if (ComponentError.is(error)) return { tag: 'err', val: error.payload }
    throw error
  }
}
