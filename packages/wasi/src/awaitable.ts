/**
 * What is there at once or, in a thread that is not made to sleep, comes later. Where it is there, nothing of this makes a
 * promise: code is written once, and costs what it did where threads sleep.
 */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value. */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Goes on with several, which are all asked for at once. */
export function chainAll<T, R>(
  values: readonly Awaitable<T>[],
  next: (values: readonly T[]) => Awaitable<R>,
): Awaitable<R> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then(next)
    : next(values as readonly T[])
}

/** What `work` comes to, or `failed` makes of what it throws. */
export function rescue<T, F>(
  work: () => Awaitable<T>,
  failed: (error: unknown) => Awaitable<F>,
): Awaitable<T | F> {
  let value: Awaitable<T>
  try {
    value = work()
  } catch (error) {
    return failed(error)
  }
  return value instanceof Promise ? value.catch(failed) : value
}

/** What `work` comes to, after `end` has run. */
export function lastly<T>(work: () => Awaitable<T>, end: () => void): Awaitable<T> {
  let value: Awaitable<T> | undefined
  try {
    value = work()
  } finally {
    if (!(value instanceof Promise)) end()
  }
  return value instanceof Promise ? value.finally(end) : value
}

/** Does something with one after the other. */
export function inOrder<T>(items: readonly T[], work: (item: T) => Awaitable<void>): Awaitable<void> {
  for (const [i, item] of items.entries()) {
    const done = work(item)
    if (done instanceof Promise) return rest(done, items.slice(i + 1), work)
  }
}

async function rest<T>(
  first: Promise<void>,
  items: readonly T[],
  work: (item: T) => Awaitable<void>,
): Promise<void> {
  await first
  for (const item of items) await work(item)
}

/** Takes steps, until one says that there is nothing left to do. */
export function untilDone(step: () => Awaitable<boolean>): Awaitable<void> {
  for (;;) {
    const isDone = step()
    if (isDone instanceof Promise) return restOf(isDone, step)
    if (isDone) return
  }
}

async function restOf(first: Promise<boolean>, step: () => Awaitable<boolean>): Promise<void> {
  for (let isDone = await first; !isDone; ) isDone = await step()
}

/** Nobody waits for it, nor hears whether it went well. */
export function unawaited(value: Awaitable<unknown>): void {
  if (value instanceof Promise) value.catch(() => {})
}
