const known = new WeakSet<object>()

/**
 * Marks a function of a host that is done sooner than a clock is looked at, whatever it is called with: between two looks
 * there may be some calls of such functions, see `InstantiateOptions.onCallOut`.
 */
export function quick<F extends object>(func: F): F {
  known.add(func)
  return func
}

export function isQuick(func: unknown): boolean {
  return typeof func === 'function' && known.has(func)
}
