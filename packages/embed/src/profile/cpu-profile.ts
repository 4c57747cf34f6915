/** A profile as the `Profiler` domain of V8's inspector has it, and as a file `.cpuprofile` does. */
export interface CpuProfile {
  /** A tree: the first is its root. */
  readonly nodes: readonly CpuProfileNode[]
  /** Microseconds, of a clock that begins anywhere. */
  readonly startTime: number
  readonly endTime: number
  /** Ids of nodes, in the order of time. */
  readonly samples: readonly number[]
  /** Microseconds from the sample before; of the first, from the start. */
  readonly timeDeltas: readonly number[]
}

export interface CpuProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly hitCount: number
  readonly children?: readonly number[]
}

export interface CallFrame {
  readonly functionName: string
  readonly scriptId: string
  readonly url: string
  /** From 0. */
  readonly lineNumber: number
  /** From 0; of a function of WebAssembly, where it begins in the module. */
  readonly columnNumber: number
}

/** Functions that call each other, of one time that was sampled. */
const MAX_NODES = 500_000
const MAX_SAMPLES = 200_000
/** Characters of each end of a name or a URL, between which the rest is left out: a URL ends with what tells modules apart. */
const MAX_END = 512

/**
 * What a profiler answered, as a profile: it may come from a process that a plugin has broken out in.
 *
 * @throws what is none
 */
export function readCpuProfile(given: unknown): CpuProfile {
  const { nodes, samples, timeDeltas, startTime, endTime } = given as Record<string, unknown>
  const all = listOf(nodes, MAX_NODES).map(nodeOf)
  const deltas = listOf(timeDeltas, MAX_SAMPLES).map(number)
  const taken = listOf(samples, MAX_SAMPLES).map(number)
  if (all.length === 0 || taken.length !== deltas.length) throw new Error('it is no profile')
  return {
    nodes: all,
    samples: taken,
    timeDeltas: deltas,
    startTime: number(startTime),
    endTime: number(endTime),
  }
}

function nodeOf(given: unknown): CpuProfileNode {
  const { id, callFrame, hitCount, children } = given as Record<string, unknown>
  const frame = callFrame as Record<string, unknown>
  return {
    id: number(id),
    callFrame: {
      functionName: text(frame.functionName),
      // Some write a number.
      scriptId: text(String(frame.scriptId)),
      url: text(frame.url),
      lineNumber: number(frame.lineNumber),
      columnNumber: number(frame.columnNumber),
    },
    hitCount: number(hitCount ?? 0),
    ...(children !== undefined && { children: listOf(children, MAX_NODES).map(number) }),
  }
}

function listOf(value: unknown, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw new Error('it is no list')
  return value
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('it is no number')
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('it is no text')
  return value.length <= 2 * MAX_END ? value : value.slice(0, MAX_END) + value.slice(-MAX_END)
}
