/** `node:timers/promises`, as far as tests use it. */
export const setTimeout = <T>(ms: number, value?: T): Promise<T | undefined> =>
  new Promise((resolve) => globalThis.setTimeout(() => resolve(value), ms))

export const setImmediate = (): Promise<unknown> => setTimeout(0)
