import type { FuncType } from '@wasm-plugin/runtime'

/** A call of the plugin into the application. */
export interface ImportCall {
  /** `acme:site/log@0.1.0#write`, `…#counter.increment` of a resource, or the plain name of what is of the world. */
  readonly function: string
  readonly type: FuncType
  /** Without the object of a method. */
  readonly args: readonly unknown[]
}

/** Stands around every call: `proceed` runs the fake, and what the observer returns is the plugin's answer. */
export type Observer = (call: ImportCall, proceed: () => unknown) => unknown
