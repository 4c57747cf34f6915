import { type Awaitable, chain, chainAll } from '../awaitable.js'
import { Pollable } from '../p2/io/poll.js'
import type { Descriptors } from './descriptors.js'
import { Errno, INVAL, numberFor, SUCCESS } from './errno.js'
import type { GuestMemory } from './guest-memory.js'
import type { Preview2 } from './preview2.js'
import { nanoseconds } from './stat.js'

/** Bytes of a `subscription` and of an `event`. */
const SUBSCRIPTION = 48
const EVENT = 32
/** Subscriptions of one call. */
const MAX_SUBSCRIPTIONS = 4_096
const CLOCK = 0
const REALTIME = 0
const MONOTONIC = 1
const ABSOLUTE = 1

interface Waiting {
  readonly userdata: bigint
  readonly type: number
  readonly error: number
  readonly pollable: Pollable | undefined
}

/** `poll_oneoff`: streams and files are ready at any time, so that only clocks are waited for. */
export function pollFunctions(memory: GuestMemory, descriptors: Descriptors, { clocks }: Preview2) {
  const { monotonicClock, wallClock } = clocks
  const clock = (at: number): Pollable => {
    const id = memory.u32(at + 16)
    const timeout = memory.u64(at + 24)
    const isAbsolute = (memory.u16(at + 40) & ABSOLUTE) !== 0
    if (id !== REALTIME && id !== MONOTONIC) throw new Errno(INVAL)
    if (isAbsolute && id === MONOTONIC) return monotonicClock.subscribeInstant(timeout)
    const now = isAbsolute ? nanoseconds(wallClock.now()) : 0n
    return monotonicClock.subscribeDuration(timeout > now ? timeout - now : 0n)
  }
  const subscription = (at: number): Waiting => {
    let pollable: Pollable | undefined
    let error = SUCCESS
    const type = memory.u8(at + 8)
    try {
      if (type === CLOCK) pollable = clock(at)
      else if (type > 2) throw new Errno(INVAL)
      else descriptors.get(memory.u32(at + 16))
    } catch (thrown) {
      error = numberFor(thrown)
    }
    return { userdata: memory.u64(at), type, error, pollable }
  }
  return {
    poll_oneoff(subscriptions: number, events: number, count: number, out: number): Awaitable<void> {
      const many = count >>> 0
      if (many === 0 || many > MAX_SUBSCRIPTIONS) throw new Errno(INVAL)
      memory.bytes(events, many * EVENT)
      memory.setU32(out, 0)
      const all = Array.from({ length: many }, (_, i) =>
        subscription((subscriptions >>> 0) + i * SUBSCRIPTION),
      )
      const timers = all.flatMap(({ pollable }) => (pollable === undefined ? [] : [pollable]))
      const waited = timers.length === all.length ? Pollable.poll(timers) : undefined
      const areReady = () =>
        all.map(({ error, pollable }) => error !== SUCCESS || (pollable?.ready() ?? true))
      return chain<unknown, void>(waited, () =>
        chainAll(areReady(), (areReady) => {
          const ready = all.filter((_, i) => areReady[i])
          for (const [i, event] of ready.entries()) {
            const at = (events >>> 0) + i * EVENT
            memory.bytes(at, EVENT).fill(0)
            memory.setU64(at, event.userdata)
            memory.setU16(at + 8, event.error)
            memory.setU8(at + 10, event.type)
          }
          memory.setU32(out, ready.length)
        }),
      )
    },
  }
}
