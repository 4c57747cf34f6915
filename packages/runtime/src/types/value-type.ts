/**
 * The value types of the Component Model (Explainer.md, "Type definitions"). Types are structural except
 * resources, which are nominal: two `ResourceType` objects are the same resource only if they are the same
 * object. The decoder keeps identity, so a type that WIT names once is one object wherever it is used.
 */
export type ValueType =
  | PrimitiveType
  | RecordType
  | TupleType
  | VariantType
  | EnumType
  | FlagsType
  | OptionType
  | ResultType
  | ListType
  | HandleType
  | AsyncType

export type PrimitiveKind =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string'

export interface PrimitiveType {
  readonly kind: PrimitiveKind
}

export interface Field {
  /** Kebab-case, as in WIT. */
  readonly name: string
  readonly type: ValueType
}

export interface RecordType {
  readonly kind: 'record'
  readonly fields: readonly Field[]
}

export interface TupleType {
  readonly kind: 'tuple'
  readonly items: readonly ValueType[]
}

export interface Case {
  readonly name: string
  readonly type: ValueType | null
}

export interface VariantType {
  readonly kind: 'variant'
  readonly cases: readonly Case[]
}

export interface EnumType {
  readonly kind: 'enum'
  readonly labels: readonly string[]
}

/** At most 32 labels (the Component Model's own limit). */
export interface FlagsType {
  readonly kind: 'flags'
  readonly labels: readonly string[]
}

export interface OptionType {
  readonly kind: 'option'
  readonly element: ValueType
}

export interface ResultType {
  readonly kind: 'result'
  readonly ok: ValueType | null
  readonly err: ValueType | null
}

export interface ListType {
  readonly kind: 'list'
  readonly element: ValueType
  /** Set for a fixed-length list, which is decoded and refused at link time. */
  readonly length?: number
}

export interface HandleType {
  readonly kind: 'own' | 'borrow'
  readonly resource: ResourceType
}

/** WASI 0.3 types: decoded so that they can be named, refused at link time. */
export interface AsyncType {
  readonly kind: 'stream' | 'future' | 'error-context' | 'map'
  readonly element: ValueType | null
  /** Key type of a `map`. */
  readonly key?: ValueType
}

export interface ResourceType {
  readonly kind: 'resource'
  /** Kebab-case name under which it was first imported or exported; for messages only. */
  name: string
}

/** The primitives are singletons, so that identity comparison works for them too. */
export const primitives: Readonly<Record<PrimitiveKind, PrimitiveType>> = Object.freeze(
  Object.fromEntries(
    (
      ['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string'] as const
    ).map((kind) => [kind, Object.freeze({ kind })]),
  ) as Record<PrimitiveKind, PrimitiveType>,
)
