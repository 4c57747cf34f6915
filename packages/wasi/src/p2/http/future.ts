import { ComponentError } from '@wasm-plugin/runtime'
import { type Awaitable, chain, rescue } from '../../awaitable.js'
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
  #known: boolean

  constructor(link: HttpLink, id: number, event: HttpEvent, isReady = false) {
    this.link = link
    this.id = id
    this.#event = event
    this.#known = isReady
  }

  subscribe(): Pollable {
    return new Pollable(this.#readiness(), this.link.waiter)
  }

  /** `undefined` while it is not there, an error when it was taken before; in between what it is. */
  get(): Awaitable<Result<Result<T>> | undefined> {
    if (this.taken) return { tag: 'err', val: undefined }
    return chain(this.#isReady(), (isReady) => {
      if (!isReady) return undefined
      this.taken = true
      return chain(
        outcome(() => this.take()),
        (val) => ({ tag: 'ok', val }),
      )
    })
  }

  /** Throws the HTTP error code that came instead. */
  protected abstract take(): Awaitable<T>

  #isReady(): Awaitable<boolean> {
    if (this.#known) return true
    return chain(this.link.services.call('http.ready', [this.id, this.#event]), (isReady) => {
      this.#known = isReady
      return isReady
    })
  }

  #readiness(): Readiness {
    const waited = () => {
      this.#known = true
    }
    return { ready: () => this.#isReady(), here: () => this.#known, remote: [this.id, this.#event], waited }
  }
}

function outcome<T>(step: () => Awaitable<T>): Awaitable<Result<T>> {
  return rescue(
    () => chain(step(), (val): Result<T> => ({ tag: 'ok', val })),
    (error): Result<T> => {
      if (ComponentError.is(error)) return { tag: 'err', val: error.payload }
      throw error
    },
  )
}
