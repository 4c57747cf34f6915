/** What the process that runs the engine is asked, as the JSON of its argument; `at` is for its files. */
export type StarlingRequest = SpliceRequest | StartRequest

interface Common {
  /** Folder of the package with the engine. */
  readonly package: string
  /** Of the engine, as many as the program needs. */
  readonly features: readonly string[]
  /** One text, dependencies nested in it. */
  readonly wit: string
  readonly world: string
  readonly at: { readonly output: string; readonly report: string }
}

/** Puts the functions of a world into the engine. */
export interface SpliceRequest extends Common {
  readonly step: 'splice'
}

/** Runs a program in that engine, and makes a component of its state. */
export interface StartRequest extends Common {
  readonly step: 'start'
  readonly spliced: { readonly path: string; readonly bindings: Bindings }
  /** Path and name of the program. */
  readonly source: string
  readonly name: string
}

/** What the splicer says about the functions of the world. */
export interface Bindings {
  readonly jsBindings: string
  readonly exports: readonly (readonly [name: string, signature: Signature])[]
  readonly imports: readonly (readonly [module: string, name: string, params: number])[]
}

interface Signature {
  readonly params: readonly string[]
  readonly ret?: string
  readonly retptr: boolean
  readonly retsize: number
  readonly paramptr: boolean
}

export interface StarlingReport {
  /** Null if all went well. */
  readonly error: string | null
  readonly bindings?: Bindings
}

/** What a package with the engine exports. */
export interface StarlingPackage {
  readonly engine: URL
  splice(
    module: Uint8Array,
    features: readonly string[],
    wit: string,
    world: string,
  ): Bindings & { readonly wasm: Uint8Array }
  stub(module: Uint8Array, features: readonly string[], wit: string, world: string): Uint8Array
}
