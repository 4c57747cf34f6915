import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { errors } from '../../errors/plugin-codes.js'
import { OutgoingBody } from './body.js'
import { type Fields, receivedFields, sealFields } from './fields.js'
import type { HttpObjects } from './link.js'

/**
 * The resources of a server, which `wasi:http/types` defines beside those of a client. No plugin is a server here: no
 * request ever comes in, so a plugin can only make responses and throw them away.
 */
export class IncomingRequest {
  constructor() {
    throw notServed()
  }
  method(): never {
    throw notServed()
  }
  pathWithQuery(): never {
    throw notServed()
  }
  scheme(): never {
    throw notServed()
  }
  authority(): never {
    throw notServed()
  }
  headers(): never {
    throw notServed()
  }
  consume(): never {
    throw notServed()
  }
}

export class ResponseOutparam {
  constructor() {
    throw notServed()
  }
  static set(): never {
    throw notServed()
  }
  sendInformational(): never {
    throw notServed()
  }
}

export class OutgoingResponse {
  readonly #headers: Fields
  #status = 200
  readonly #objects: HttpObjects
  #taken = false

  constructor(headers: Fields, objects: HttpObjects) {
    this.#objects = objects
    this.#headers = sealFields(headers)
  }

  statusCode(): number {
    return this.#status
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 599) throw new ComponentError(undefined, 'not a status code')
    this.#status = status
  }

  headers(): Fields {
    return receivedFields(this.#headers.entries(), this.#objects.Fields)
  }

  [DISPOSE](): void {
    this.#headers[DISPOSE]()
  }

  body(): OutgoingBody {
    if (this.#taken) throw new ComponentError(undefined, 'the body was taken already')
    this.#taken = true
    return new OutgoingBody(this.#headers, this.#objects)
  }
}

function notServed() {
  return errors.STREAM_MISUSED({ operation: 'it used a server-side resource of wasi:http' })
}
