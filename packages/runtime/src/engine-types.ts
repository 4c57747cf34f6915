/**
 * What the engine has for WebAssembly, as far as the types of the reader's project know it: the DOM library has them,
 * Node's types leave them out, and the public types of this package have to be read with either.
 */
type Engine = typeof globalThis extends { WebAssembly: infer W } ? W : never

type Made<Name extends string> = Engine extends { [K in Name]: new (...args: never[]) => infer T }
  ? T
  : object

/** A compiled core module: `WebAssembly.Module`. */
export type CoreModule = Made<'Module'>

/** A global of the engine: `WebAssembly.Global`. */
export type CoreGlobal = Made<'Global'>

/** A linear memory: `WebAssembly.Memory`. */
export type CoreMemory = Made<'Memory'>
