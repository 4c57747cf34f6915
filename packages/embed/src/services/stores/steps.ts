/** One use of what keeps a store, which can be waited for in both ways. */
export interface StoreStep {
  now(): unknown
  later(): Promise<unknown>
}

/** What is done in steps, to be run at once for a plugin in the application's thread, and asynchronously for others. */
export type Steps<T> = Generator<StoreStep, T, unknown>

export function runNow<T>(steps: Steps<T>): T {
  let next = steps.next()
  while (!next.done) {
    let value: unknown
    try {
      value = next.value.now()
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
  return next.value
}

export async function runLater<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next()
  while (!next.done) {
    let value: unknown
    try {
      value = await next.value.later()
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
  return next.value
}
