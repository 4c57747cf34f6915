import type { ResourceType, ValueType } from './value-type.js'

/** What a component, instance or core module can import or export (Explainer.md, "externdesc"). */
export type ExternType = FuncType | InstanceType | ComponentType | ModuleType | TypeExport

export interface Param {
  readonly name: string
  readonly type: ValueType
}

export interface FuncType {
  readonly kind: 'func'
  readonly async: boolean
  readonly params: readonly Param[]
  readonly result: ValueType | null
}

/** Export order is the order of the binary, which is the order of the WIT. */
export interface InstanceType {
  readonly kind: 'instance'
  readonly exports: ReadonlyMap<string, ExternType>
}

export interface ComponentType {
  readonly kind: 'component'
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
}

/** A core module with its core types. */
export interface ModuleType {
  readonly kind: 'module'
  readonly imports: readonly CoreImport[]
  readonly exports: ReadonlyMap<string, CoreExternType>
}

/**
 * A named type. `bound` says whether this name makes the type (`sub`: a fresh abstract resource) or stands
 * for one that exists (`eq`).
 */
export interface TypeExport {
  readonly kind: 'type'
  readonly bound: 'eq' | 'sub'
  readonly type: ValueType | ResourceType | FuncType | InstanceType | ComponentType
}

export type CoreValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'funcref' | 'externref' | string

export interface CoreFuncType {
  readonly kind: 'func'
  readonly params: readonly CoreValueType[]
  readonly results: readonly CoreValueType[]
}

export type CoreExternType =
  | CoreFuncType
  | {
      readonly kind: 'memory'
      readonly min: number
      readonly max: number | null
      readonly shared: boolean
      readonly memory64: boolean
    }
  | {
      readonly kind: 'table'
      readonly element: CoreValueType
      readonly min: number
      readonly max: number | null
    }
  | { readonly kind: 'global'; readonly type: CoreValueType; readonly mutable: boolean }
  | { readonly kind: 'tag'; readonly type: CoreFuncType }

export interface CoreImport {
  readonly module: string
  readonly name: string
  readonly type: CoreExternType
}
