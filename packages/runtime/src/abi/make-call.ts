import { closureGuestCall, type Gate, suspendableGuestCall } from './closures/call-guest.js'
import { closureHostCall } from './closures/call-host.js'
import type { GuestFunc, Lowering } from './functions.js'
import { generatedGuestCall } from './generate/call-guest.js'
import { generatedHostCall } from './generate/call-host.js'
import { canGenerate, TooLarge } from './generate/source.js'
import type { CoreFunc, JsFunc } from './js-value.js'
import type { Store } from './store.js'

/** The JS function through which the host calls a guest; one that returns promises if the instance is asynchronous. */
export function makeEntry(func: GuestFunc): JsFunc {
  const { store } = func.cx
  if (!store.async) return makeGuestCall(func, store)
  if (store.jspi !== null) return suspendableGuestCall(func, store, store.jspi)
  const call = makeGuestCall(func, store)
  return async (...args) => call(...args)
}

/** The JS function through which a guest calls another. */
export function makeInnerCall(func: GuestFunc): JsFunc {
  const { store, instance } = func.cx
  return store.jspi === null
    ? makeGuestCall(func, instance)
    : suspendableGuestCall(func, instance, store.jspi)
}

/** The JS function that calls a guest and waits for nothing. `gate` is what must be idle. */
export function makeGuestCall(func: GuestFunc, gate: Gate): JsFunc {
  return choose(
    func.cx.store.codeGeneration,
    () => generatedGuestCall(func, gate),
    () => closureGuestCall(func, gate),
  )
}

/** The core function through which a guest calls out. */
export function makeHostCall(lowering: Lowering): CoreFunc {
  const { store } = lowering.cx
  const call = choose(
    store.codeGeneration,
    () => generatedHostCall(lowering),
    () => closureHostCall(lowering),
  )
  const { func } = lowering
  return callOut(store, call, func.kind === 'host' ? func.name : null)
}

/**
 * A core function that is called by guests, with what a call out costs.
 *
 * @param name of the function of the host; null for one of a guest
 */
export function callOut(store: Store, call: CoreFunc, name: string | null): CoreFunc {
  if (store.fuel === null) return call
  const price = name === null ? undefined : store.priceOf?.(name)
  return meteredHostCall(call, store, price ?? FUEL_PER_CALL)
}

/** What a call out costs beside what crosses: the host's function takes time that its guest does not count. */
const FUEL_PER_CALL = 500

function meteredHostCall(call: CoreFunc, store: Store, price: number): CoreFunc {
  return (...core) => {
    try {
      store.fuel?.spend(price)
      store.onCallOut?.()
    } catch (error) {
      return store.abort(error)
    }
    return call(...core)
  }
}

function choose<F>(allowed: boolean, generated: () => F, closures: () => F): F {
  if (!allowed || !canGenerate()) return closures()
  try {
    return generated()
  } catch (error) {
    if (error instanceof TooLarge) return closures()
    throw error
  }
}
