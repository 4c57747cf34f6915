import type { AsyncContext } from '@wasm-plugin/embed'

let current: object | undefined

function within<T>(value: object | undefined, work: () => T): T {
  const before = current
  current = value
  try {
    return work()
  } finally {
    current = before
  }
}

/** A page knows what made a call as long as nothing was awaited; after that it answers that it does not know. */
export const runs: AsyncContext = {
  current: () => current,
  within,
  here() {
    const then = current
    return (work) => within(then, work)
  },
}
