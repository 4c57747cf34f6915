import { closureGuestCall } from './closures/call-guest.js'
import { closureHostCall } from './closures/call-host.js'
import type { CoreFunc, GuestFunc, JsFunc, Lowering } from './functions.js'

/** The JS function that calls a guest. `gate`: what must be idle, the store for the host, the instance for guests. */
export function makeGuestCall(func: GuestFunc, gate: { busy: boolean }): JsFunc {
  return closureGuestCall(func, gate)
}

/** The core function through which a guest calls out. */
export function makeHostCall(lowering: Lowering): CoreFunc {
  return closureHostCall(lowering)
}
