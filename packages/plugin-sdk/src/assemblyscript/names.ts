import { JAVASCRIPT_WORDS } from '../wit/javascript-words.js'
import { camelCase, pascalCase } from '../wit/names.js'

export { camelCase, pascalCase }

/** Name of a function or parameter: camelCase, with `_` behind where AssemblyScript or the glue uses the word. */
export function variableName(kebab: string): string {
  const name = camelCase(kebab)
  return RESERVED_VARIABLES.has(name) ? `${name}_` : name
}

/** Name of a class or enum: PascalCase, with `_` behind where generated code needs the global of that name. */
export function typeName(kebab: string): string {
  const name = pascalCase(kebab)
  return RESERVED_TYPES.has(name) ? `${name}_` : name
}

/** Name of a method, field or static: only what every class has already is taken. */
export function memberName(kebab: string): string {
  const name = camelCase(kebab)
  return RESERVED_MEMBERS.has(name) ? `${name}_` : name
}

/** Also the types, the built-in functions and the names that generated code uses. */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  ...JAVASCRIPT_WORDS,
  ...`abstract async constructor declare globalThis of override undefined
      any anyref bool boolean externref f32 f64 funcref i16 i32 i64 i8 isize never number object string symbol u16 u32
      u64 u8 usize v128
      abort assert changetype heap infinity inline load memory nan reinterpret seed select sizeof store trace
      unreachable
      cm values`.split(/\s+/),
])

const RESERVED_TYPES = new Set([
  ...['Array', 'Object', 'String', 'Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array'],
  ...['Int32Array', 'Uint64Array', 'Int64Array', 'Float32Array', 'Float64Array'],
])

const RESERVED_MEMBERS = new Set([
  ...['constructor', 'prototype', 'drop', 'delete', 'new'],
  ...['abstract', 'declare', 'override', 'private', 'protected', 'public', 'readonly', 'static'],
])
