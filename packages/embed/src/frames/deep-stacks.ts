/** Frames of a stack. Those of a panic of Rust alone are more than the ten that engines keep. */
const DEPTH = 50

/**
 * Lets the stacks of errors that are made in this thread from now on have as many frames as a fault of a plugin needs. There is no
 * such number in every engine.
 */
export function showDeepStacks(): void {
  const engine = Error as { stackTraceLimit?: unknown }
  const { stackTraceLimit: limit } = engine
  if (typeof limit !== 'number' || limit >= DEPTH) return
  Reflect.set(engine, 'stackTraceLimit', DEPTH)
}
