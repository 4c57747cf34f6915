import { unpackHead } from '../http/packed.js'
import type { ToThread } from '../wire/messages.js'

type Message<T extends ToThread['type']> = Extract<ToThread, { type: T }>

/** Those of `packedHandle`. */
type Arguments = readonly [
  func: number,
  exchange: number,
  reuse: number,
  fieldBytes: number,
  head: string,
  body: Uint8Array,
]

/** A request that came by shared memory, as the message that it is else. */
export function requestOf({ id, fuel, args }: Message<'call'>): Message<'handle'> {
  const [func, exchange, reuse, fieldBytes, head, body] = args as unknown as Arguments
  const request = { id, func, exchange, reuse, head: unpackHead(head, body, fieldBytes) }
  return { type: 'handle', ...request, ...(fuel !== undefined && { fuel }) }
}
