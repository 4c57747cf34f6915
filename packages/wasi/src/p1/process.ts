import { Errno, INVAL, NOTSUP } from './errno.js'
import type { GuestMemory } from './guest-memory.js'
import type { Preview2 } from './preview2.js'
import { nanoseconds } from './stat.js'

const REALTIME = 0
const MONOTONIC = 1
/** Random bytes that are made at a time. */
const RANDOM_STEP = 4_096
/** Those after which the application has a say. */
const PAUSE = 1 << 20

/** What a program is started with, its clocks, random bytes and its end. */
export function processFunctions(
  memory: GuestMemory,
  { environment, clocks, random, exit, pause }: Preview2,
) {
  const { monotonicClock, wallClock } = clocks
  const terminated = (texts: readonly string[]) => texts.map((text) => new TextEncoder().encode(`${text}\0`))
  const args = () => terminated(environment.getArguments())
  const variables = () => terminated(environment.getEnvironment().map(([key, value]) => `${key}=${value}`))
  const sizes = (all: readonly Uint8Array[], count: number, bytes: number) => {
    memory.setU32(count, all.length)
    memory.setU32(
      bytes,
      all.reduce((sum, { length }) => sum + length, 0),
    )
  }
  const put = (all: readonly Uint8Array[], pointers: number, buffer: number) => {
    let at = buffer >>> 0
    for (const [i, bytes] of all.entries()) {
      memory.setU32((pointers >>> 0) + 4 * i, at)
      memory.write(at, bytes.length, bytes)
      at += bytes.length
    }
  }
  return {
    args_get: (pointers: number, buffer: number): void => put(args(), pointers, buffer),
    args_sizes_get: (count: number, bytes: number): void => sizes(args(), count, bytes),
    environ_get: (pointers: number, buffer: number): void => put(variables(), pointers, buffer),
    environ_sizes_get: (count: number, bytes: number): void => sizes(variables(), count, bytes),
    clock_res_get(id: number, out: number): void {
      if (id === REALTIME) memory.setU64(out, nanoseconds(wallClock.resolution()))
      else if (id === MONOTONIC) memory.setU64(out, monotonicClock.resolution())
      // Those of the processor would say what others do with it.
      else throw new Errno(INVAL)
    },
    clock_time_get(id: number, _precision: bigint, out: number): void {
      if (id === REALTIME) memory.setU64(out, nanoseconds(wallClock.now()))
      else if (id === MONOTONIC) memory.setU64(out, monotonicClock.now())
      else throw new Errno(INVAL)
    },
    random_get(buffer: number, length: number): void {
      const into = memory.bytes(buffer, length)
      for (let at = 0; at < into.length; at += RANDOM_STEP) {
        if (at > 0 && at % PAUSE === 0) pause()
        const part = into.subarray(at, at + RANDOM_STEP)
        part.set(random.random.getRandomBytes(BigInt(part.length)))
        memory.bytesIn += part.length
      }
    },
    sched_yield(): void {},
    proc_exit(status: number): never {
      return exit.exitWithCode(status & 0xff)
    },
    proc_raise(): void {
      throw new Errno(NOTSUP)
    },
  }
}
