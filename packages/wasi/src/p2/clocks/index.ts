import { quick } from '@wasm-plugin/runtime/internal'
import type { Datetime } from '../../volume/volume.js'
import { Pollable } from '../io/poll.js'
import type { Waiter } from '../io/waiter.js'
import type { Clock } from './clock.js'

const U64_MAX = (1n << 64n) - 1n

/** `wasi:clocks`. The time zone is always UTC: the machine's own says where it stands. */
export function createClocks(clock: Clock, waiter: Waiter) {
  const subscribeInstant = (deadline: bigint) =>
    new Pollable({ ready: () => clock.monotonic() >= deadline, deadline }, waiter)
  return {
    monotonicClock: {
      now: quick(() => clock.monotonic()),
      resolution: () => clock.resolution,
      subscribeInstant,
      subscribeDuration: (duration: bigint) => {
        const deadline = clock.monotonic() + duration
        return subscribeInstant(deadline > U64_MAX ? U64_MAX : deadline)
      },
    },
    wallClock: { now: quick(() => clock.wall()), resolution: () => clock.wallResolution },
    timezone: {
      display: (_when: Datetime) => ({ utcOffset: 0, name: 'UTC', inDaylightSavingTime: false }),
      utcOffset: (_when: Datetime) => 0,
    },
  }
}
