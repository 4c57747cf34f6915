import { showText } from '@wasm-plugin/runtime/text'

/** One request, when it was answered or its client has left. */
export interface AccessEntry {
  /** What the client was told if something went wrong, in `x-request-id`. */
  readonly id: string
  /** When the request came, in milliseconds since 1970. */
  readonly time: number
  readonly client: string
  readonly method: string
  /** As the client sent it. */
  readonly target: string
  /** Host name and path of the route; undefined where there is none. */
  readonly route: string | undefined
  /** What was sent; 499 where the client left before anything was. */
  readonly status: number
  /** Of the body, as far as it was sent. */
  readonly bytes: number
  readonly durationMs: number
  /** Why it failed, before the response or in the midst of it. The client is not told. */
  readonly error: { readonly code: string; readonly message: string } | undefined
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A line of the Common Log Format; what clients and plugins chose is shown, and breaks no line. */
export function commonLog({ client, time, method, target, status, bytes }: AccessEntry): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  const shown = showText(`${method} ${target}`, MAX_TARGET).replaceAll(/["\\]/g, '\\$&')
  return `${client} - - [${day}:${clock} +0000] "${shown} HTTP/1.1" ${status} ${bytes}`
}

/** Characters of a target that a line of the log has. */
const MAX_TARGET = 2_000
