import type { Sampler } from '@wasm-plugin/embed'
import type { FromProcess, ToProcess } from './messages.js'

type Answer = Extract<FromProcess, { type: 'profile' }>

/** Has the process of a plugin look at its thread. */
export class RemoteSampler implements Sampler {
  readonly #send: (message: ToProcess) => void
  #waiting: { resolve(bytes: Uint8Array | undefined): void; reject(error: Error): void } | undefined
  #isGone = false

  constructor(send: (message: ToProcess) => void) {
    this.#send = send
  }

  async begin(): Promise<void> {
    await this.#ask('begin')
  }

  async end(): Promise<unknown> {
    const bytes = await this.#ask('end')
    return JSON.parse(new TextDecoder().decode(bytes))
  }

  close(): void {}

  /** @throws what nobody waits for, or is no answer */
  receive({ bytes, isOk }: Answer): void {
    const waiting = this.#waiting
    if (waiting === undefined || !(bytes === undefined || bytes instanceof Uint8Array))
      throw new Error('nobody waits for it')
    this.#waiting = undefined
    if (isOk === true) waiting.resolve(bytes)
    else waiting.reject(new Error('nothing can look at the thread in its process'))
  }

  /** The process has ended. */
  gone(): void {
    this.#isGone = true
    this.#waiting?.reject(goneError())
  }

  #ask(step: 'begin' | 'end'): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isGone) return reject(goneError())
      this.#waiting = { resolve, reject }
      this.#send({ type: 'profile', step })
    })
  }
}

function goneError(): Error {
  return new Error('the process has ended')
}
