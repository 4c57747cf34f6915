import { closureGuestCall, type Gate, suspendableGuestCall } from './closures/call-guest.js'
import { closureHostCall } from './closures/call-host.js'
import type { CoreFunc, GuestFunc, JsFunc, Lowering } from './functions.js'
import { generatedGuestCall } from './generate/call-guest.js'
import { generatedHostCall } from './generate/call-host.js'
import { canGenerate, TooLarge } from './generate/source.js'

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
  return choose(
    lowering.cx.store.codeGeneration,
    () => generatedHostCall(lowering),
    () => closureHostCall(lowering),
  )
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
