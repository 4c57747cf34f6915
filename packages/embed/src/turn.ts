import type { EndSignal } from './ending.js'
import { later } from './later.js'

/**
 * Milliseconds of one turn of the application's event loop that may go into what plugins send, of all hosts together.
 * Whatever a plugin does, timers and requests of the application wait no longer than this and the step that exceeds it.
 */
const MS_PER_TURN = 4

/** When such work began in the current turn. */
let began: number | undefined

/** Takes steps where nobody else waits. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** To be awaited before each step: resolves at once while there is time left in this turn, and in a later one if not. */
export async function turn(): Promise<void> {
  while (!hasTime()) await new Promise<void>((resolve) => later(resolve))
}

/** Whether a step may begin now. */
export function hasTime(): boolean {
  const now = performance.now()
  if (began !== undefined) return now - began < MS_PER_TURN
  began = now
  later(() => {
    began = undefined
  })
  return true
}

/** Takes steps in turns, until the signal is aborted: then it throws the reason. */
export async function inTurns<T>(steps: Generator<void, T>, signal?: EndSignal): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (hasTime()) continue
    await turn()
    signal?.throwIfAborted()
  }
}
