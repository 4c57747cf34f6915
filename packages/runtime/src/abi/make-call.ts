import { closureGuestCall } from './closures/call-guest.js'
import { closureHostCall } from './closures/call-host.js'
import type { CoreFunc, GuestFunc, JsFunc, Lowering } from './functions.js'
import { generatedGuestCall } from './generate/call-guest.js'
import { generatedHostCall } from './generate/call-host.js'
import { canGenerate, TooLarge } from './generate/source.js'

/** The JS function that calls a guest. `gate`: what must be idle, the store for the host, the instance for guests. */
export function makeGuestCall(func: GuestFunc, gate: { busy: boolean }): JsFunc {
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
