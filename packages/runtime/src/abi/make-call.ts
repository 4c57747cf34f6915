import { closureGuestCall, type Gate, suspendableGuestCall } from './closures/call-guest.js'
import { closureHostCall, suspendableHostCall } from './closures/call-host.js'
import type { GuestFunc, Lowering } from './functions.js'
import { generatedGuestCall } from './generate/call-guest.js'
import { generatedHostCall } from './generate/call-host.js'
import { canGenerate, TooLarge } from './generate/source.js'
import type { CoreFunc, JsFunc } from './js-value.js'
import type { SuspendableFunc } from './jspi.js'
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
  const { jspi } = store
  const call = makeGuestCall(func, instance)
  if (jspi === null) return call
  const suspendable = suspendableGuestCall(func, instance, jspi)
  return (...args) => (jspi.canSuspend ? suspendable(...args) : call(...args))
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
  // Generated code counts what the call costs by itself.
  return choose(
    store.codeGeneration,
    () => generatedHostCall(lowering),
    () => callOut(store, closureHostCall(lowering), nameOf(lowering)),
  )
}

/** The same for JSPI. */
export function makeSuspendableCall(lowering: Lowering): SuspendableFunc {
  return suspendableCallOut(lowering.cx.store, suspendableHostCall(lowering), nameOf(lowering))
}

function nameOf({ func }: Lowering): string | null {
  return func.kind === 'host' ? func.name : null
}

/**
 * A core function that is called by guests, with what a call out costs.
 *
 * @param name of the function of the host; null for one of a guest
 */
export function callOut(store: Store, call: CoreFunc, name: string | null): CoreFunc {
  return store.fuel === null ? call : meteredHostCall(call, store, store.price(name))
}

/** The same for JSPI. */
export function suspendableCallOut(
  store: Store,
  call: SuspendableFunc,
  ...[name]: [string | null]
): SuspendableFunc {
  const price = store.price(name)
  return (...core) => {
    let pause: Promise<void> | undefined
    try {
      store.fuel?.spend(price)
      pause = store.onCallOut?.(false) ?? undefined
    } catch (error) {
      return store.abort(error)
    }
    return pause === undefined || !store.jspi?.canSuspend ? call(...core) : pause.then(() => call(...core))
  }
}

function meteredHostCall(call: CoreFunc, store: Store, price: number): CoreFunc {
  return (...core) => {
    try {
      store.callOut(price, false)
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
