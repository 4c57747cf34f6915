import type { CoreFunc, CoreValue } from './js-value.js'
import { isWasi } from './wasi-name.js'

/**
 * A call out of a guest by a function whose name tells a profile where the time went, also where names were shortened: they are
 * those of properties.
 *
 * @param name of the function of the host; null for one of a guest
 */
export function calledOut(
  name: string | null,
  call: (core: readonly CoreValue[]) => CoreValue | undefined,
): CoreFunc {
  if (name === null) return (...core) => call(core)
  return isWasi(name)
    ? { callWasi: (...core: CoreValue[]) => call(core) }.callWasi
    : { callApplication: (...core: CoreValue[]) => call(core) }.callApplication
}
