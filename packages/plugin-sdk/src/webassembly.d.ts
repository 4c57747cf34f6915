/** Node's types leave WebAssembly to the DOM library, of which this package wants nothing else. */
declare namespace WebAssembly {
  type Imports = Record<string, object>
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
    static imports(module: Module): { readonly module: string; readonly name: string }[]
  }
  class Instance {
    readonly exports: Record<string, unknown>
    constructor(module: Module, imports: object)
  }
  class Memory {
    readonly buffer: ArrayBuffer
  }
  class Global {
    readonly value: number | bigint
  }
}
