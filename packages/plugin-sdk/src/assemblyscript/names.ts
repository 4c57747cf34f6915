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

const RESERVED_VARIABLES = new Set([
  ...['await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do'],
  ...[
    'else',
    'enum',
    'export',
    'extends',
    'false',
    'finally',
    'for',
    'function',
    'if',
    'implements',
    'import',
  ],
  ...[
    'in',
    'instanceof',
    'interface',
    'let',
    'new',
    'null',
    'private',
    'protected',
    'public',
    'return',
    'static',
  ],
  ...['super', 'switch', 'this', 'throw', 'true', 'try', 'typeof'],
  ...['abstract', 'async', 'declare', 'of', 'override', 'package'],
  ...['var', 'void', 'while', 'with', 'yield', 'constructor', 'undefined', 'globalThis', 'arguments', 'eval'],
  ...['bool', 'string', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'isize', 'usize'],
  ...['v128', 'funcref', 'externref', 'anyref', 'symbol', 'object', 'number', 'boolean', 'any', 'never'],
  ...['load', 'store', 'reinterpret', 'memory', 'heap', 'assert', 'abort', 'trace', 'seed', 'changetype'],
  ...['cm', 'values', 'nan', 'infinity', 'unreachable', 'inline', 'sizeof', 'select'],
])

const RESERVED_TYPES = new Set([
  ...['Array', 'Object', 'String', 'Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array'],
  ...['Int32Array', 'Uint64Array', 'Int64Array', 'Float32Array', 'Float64Array'],
])

const RESERVED_MEMBERS = new Set([
  ...['constructor', 'prototype', 'drop', 'delete', 'new'],
  ...['abstract', 'declare', 'override', 'private', 'protected', 'public', 'readonly', 'static'],
])
