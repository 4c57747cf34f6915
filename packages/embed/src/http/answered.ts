import type { HttpField } from './field-bytes.js'
import type { ResponseBody } from './response-body.js'

/** What a plugin answered. */
export interface HttpResponse {
  readonly status: number
  /** In the order in which the plugin has them, names in lower case; a name may be there more than once. */
  readonly headers: readonly HttpField[]
  /** To be read once, while the plugin writes; a plugin that is faster waits. Who stops reading ends the call. */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body, where nothing of it was read; then nothing is left to be read. */
  whole(): Uint8Array | undefined
  /** Whether the plugin has finished it: what becomes of the call takes nothing of it any more. */
  readonly isWhole: boolean
  /** Those that came after the body, once it was read. */
  trailers(): readonly HttpField[]
  /** Resolves when the call is over, with what it failed with: a body that nobody reads at the moment does not tell. */
  readonly ended: Promise<unknown>
}

/** What is known of a response as it goes on. */
export interface Answering {
  readonly isWhole: boolean
  readonly trailing: readonly HttpField[]
  readonly ended: Promise<unknown>
}

export class AnsweredResponse implements HttpResponse {
  readonly status: number
  readonly headers: readonly HttpField[]
  readonly body: ResponseBody
  readonly whole: () => Uint8Array | undefined
  readonly trailers: () => readonly HttpField[]
  readonly #answering: Answering

  constructor(
    { status, headers, body }: Pick<AnsweredResponse, 'status' | 'headers' | 'body'>,
    answering: Answering,
  ) {
    this.status = status
    this.headers = headers
    this.body = body
    this.whole = () => body.takeWhole()
    this.trailers = () => answering.trailing
    this.#answering = answering
  }

  get isWhole(): boolean {
    return this.#answering.isWhole
  }

  get ended(): Promise<unknown> {
    return this.#answering.ended
  }
}
