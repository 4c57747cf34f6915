import type { ComponentDefinition, CustomSection } from '../binary/index.js'
import type { CoreModule } from '../engine-types.js'
import type { Footprint, ModuleState } from '../limits/index.js'
import type { CompileOptions } from './options.js'

/** A component in a form that `postMessage` takes. Compiled modules are shared with the receiver, not copied. */
export interface TransferredComponent {
  /** The component as it was decoded or, where that is large, as it is: to decode it again holds no other thread. */
  readonly content: DecodedComponent | { readonly bytes: Uint8Array }
  /** Null for one that is not instantiated; bytes for one that is left to be compiled. */
  readonly modules: readonly (CoreModule | Uint8Array | null)[]
  /** The names by which each of the modules exports the linear memories that it defines. */
  readonly memories: readonly (readonly string[])[]
  /** The same of what else they keep, where that is to be saved. */
  readonly states: readonly (ModuleState | null)[]
  /** Of each of the modules. */
  readonly footprints: readonly Footprint[]
  readonly options: CompileOptions
}

export interface DecodedComponent {
  readonly root: ComponentDefinition
  readonly customSections: readonly CustomSection[]
}
