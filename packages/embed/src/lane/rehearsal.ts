import type { FuncType } from '@wasm-plugin/runtime'
import { type AreaCall, areaCall } from '@wasm-plugin/runtime/internal'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { cell, cellOf, LaneMemory, LEAVE, laneBuffer, word } from './memory.js'
import { ThreadLane } from './thread-lane.js'

/** A function of an instance, and what it is called with. */
export interface Rehearsed {
  readonly type: FuncType
  readonly args: readonly unknown[]
  readonly run: (...args: unknown[]) => unknown
}

/** Calls after which code has been generated for the function, and run. */
const CALLS = 16

/**
 * Has a thread run the code of its lane before a plugin needs it, which takes twenty times as long the first time: calls
 * are written as the application writes them, all before the first one is answered, and nobody waits for the answers.
 */
export function rehearse({ type, args, run }: Rehearsed): void {
  const limits = { valueBytes: 1 << 16, liftedValues: 1 << 16 }
  const lane = laneBuffer()
  const memory = new LaneMemory(lane, limits)
  const { words, numbers } = memory
  const codecs = new FunctionCodecs({ args: memory.app, result: memory.thread })
  for (let request = 1; request <= CALLS; request++) {
    const at = cellOf(request)
    words[at + cell.func] = 0
    words[at + cell.values] = (codecs.of(0, () => type) as FunctionCodec).args.write(args)
    numbers[at / 2 + cell.call] = request
    numbers[at / 2 + cell.fuel] = Number.NaN
  }
  words[cellOf(CALLS + 1) + cell.func] = LEAVE
  words[word.request] = CALLS + 1
  let copying: AreaCall | null | undefined
  const thread = new ThreadLane(
    { lane, limits },
    {
      typeOf: () => type,
      serve: (call) => run(...call.args),
      copied({ at, areas, fits }) {
        if (copying === undefined) copying = areaCall(run, areas)
        return copying?.(at, fits)
      },
      rest() {},
      events: () => 0,
      post() {},
    },
  )
  thread.serve()
}
