/** Node's types leave WebAssembly to the DOM library, of which this package wants nothing else. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class RuntimeError extends Error {}
}
