import type { ClocksGrant } from '../../grants/grant-set.js'
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
}

export function createClock({ resolutionNs, fixedMs }: ClocksGrant): Clock {
  return fixedMs === null ? runningClock(BigInt(resolutionNs)) : standingClock(fixedMs)
}

function runningClock(resolution: bigint): Clock {
  const start = process.hrtime.bigint()
  const elapsed = () => process.hrtime.bigint() - start
  return {
    monotonic: resolution === 1n ? elapsed : () => (elapsed() / resolution) * resolution,
    resolution,
    wall: () => fromMs(Date.now()),
    wallResolution: fromMs(1),
    skipTo: () => false,
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
  }
}

function fromMs(ms: number): Datetime {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1_000_000 }
}
