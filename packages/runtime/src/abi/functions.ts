import type { FuncType } from '../types/index.js'
import type { FuncContext } from './func-context.js'
import type { CoreFunc, HostCallable, JsFunc } from './js-value.js'

/** A core function of a guest, lifted to a component function (`canon lift`). */
export interface GuestFunc {
  readonly kind: 'guest'
  readonly type: FuncType
  readonly cx: FuncContext
  readonly core: CoreFunc
  readonly postReturn: CoreFunc | null
  /** For messages: the name of its export once it has one. */
  name: string
  /** Called by the embedder: the whole tree of instances must be idle. */
  readonly fromHost: JsFunc
  /** Called by another instance of the tree: only this instance must be idle. */
  readonly fromGuest: JsFunc
}

/** How the host's function is reached. */
export type HostTarget =
  | { readonly form: 'function'; readonly call: HostCallable; readonly self: unknown }
  | { readonly form: 'constructor'; readonly hostClass: HostCallable }
  | { readonly form: 'method'; readonly member: string }

/** A function that the host provides. */
export interface HostFunc {
  readonly kind: 'host'
  readonly type: FuncType
  readonly target: HostTarget
  /** `acme:site/log@0.1.0#log`, for messages. */
  readonly name: string
}

export type ComponentFunc = GuestFunc | HostFunc

/** A component function that is being lowered to a core function (`canon lower`). */
export interface Lowering {
  readonly func: ComponentFunc
  readonly type: FuncType
  readonly cx: FuncContext
}
