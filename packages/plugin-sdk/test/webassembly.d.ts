/** Node's types leave WebAssembly to the DOM library, of which the tests want nothing else. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class Instance {
    readonly exports: Record<string, unknown>
    constructor(module: Module, imports: object)
  }
}
