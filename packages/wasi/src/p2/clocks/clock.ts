import type { ClocksGrant } from '../../grants/grant-set.js'
import type { InstancePorts } from '../../ports.js'
import type { Datetime } from '../../volume/volume.js'

/** The time that one instance sees. Its monotonic clock starts at 0, so it says nothing about the machine. */
export interface Clock {
  /** Nanoseconds since the instance started. */
  monotonic(): bigint
  readonly resolution: bigint
  wall(): Datetime
  readonly wallResolution: Datetime
  /** Moves a clock that stands still to `instant`; false for a clock that runs by itself. */
  skipTo(instant: bigint): boolean
  /** Has it go on where that of another instance was. */
  goOnFrom(instant: bigint): void
}

type ClockPort = Pick<InstancePorts, 'monotonicNs'>

export function createClock({ resolutionNs, fixedMs }: ClocksGrant, ports: ClockPort): Clock {
  return fixedMs === null ? runningClock(BigInt(resolutionNs), ports) : standingClock(fixedMs)
}

function runningClock(resolution: bigint, { monotonicNs }: ClockPort): Clock {
  let start = monotonicNs()
  const elapsed = () => monotonicNs() - start
  return {
    monotonic: resolution === 1n ? elapsed : () => (elapsed() / resolution) * resolution,
    resolution,
    wall: () => fromMs(Date.now()),
    wallResolution: fromMs(1),
    skipTo: () => false,
    goOnFrom(instant) {
      start = monotonicNs() - instant
    },
  }
}

/** Time passes only by sleeping, so a plugin's output is a function of its input. */
function standingClock(fixedMs: number): Clock {
  let now = 0n
  return {
    monotonic: () => now,
    resolution: 1n,
    wall: () => fromMs(fixedMs + Number(now / 1_000_000n)),
    wallResolution: fromMs(1),
    skipTo: (instant) => {
      if (instant > now) now = instant
      return true
    },
    goOnFrom(instant) {
      now = instant
    },
  }
}

function fromMs(ms: number): Datetime {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1_000_000 }
}
