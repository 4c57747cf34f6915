import type { ResourceType, ValueType } from '@wasm-plugin/runtime'
import { Code } from '../code.js'
import type { Context } from '../context.js'
import { pascalCase } from '../names.js'

/**
 * Gives a helper function of `values` its name, and writes it at first need. One helper serves every type of equal
 * structure. `write` gets the exported name.
 */
export function valueHelper(
  context: Context,
  verb: string,
  type: ValueType,
  write: (code: Code, name: string) => void,
): string {
  const helpers = tablesOf(context)
  const key = `${verb} ${structure(context, type)}`
  let name = helpers.get(key)
  if (name === undefined) {
    name = context.values.declare(`${verb}${describe(context, type)}`)
    helpers.set(key, name)
    const code = new Code()
    write(code, name)
    context.values.code.line(code.toString(), '')
  }
  return name
}

const tables = new WeakMap<Context, Map<string, string>>()

function tablesOf(context: Context): Map<string, string> {
  let table = tables.get(context)
  if (table === undefined) {
    table = new Map()
    tables.set(context, table)
  }
  return table
}

/** Equal for types that load and store the same way and have the same AssemblyScript type. */
function structure(context: Context, type: ValueType | ResourceType | null): string {
  if (type === null) return '_'
  const declaration = context.declarations.get(type)
  if (declaration !== undefined) return `${declaration.path}#${declaration.name}`
  const of = (inner: ValueType | ResourceType | null) => structure(context, inner)
  switch (type.kind) {
    case 'list':
    case 'option':
      return `${type.kind}<${of(type.element)}>`
    case 'result':
      return `result<${of(type.ok)},${of(type.err)}>`
    case 'tuple':
      return `tuple<${type.items.map(of).join()}>`
    case 'own':
    case 'borrow':
      return `${type.kind}<${of(type.resource)}>`
    default:
      return type.kind
  }
}

/** A readable part of a function name; two types may share it. */
function describe(context: Context, type: ValueType | ResourceType | null): string {
  if (type === null) return 'Unit'
  const declaration = context.declarations.get(type)
  if (declaration !== undefined) return declaration.name
  switch (type.kind) {
    case 'list':
      return `${describe(context, type.element)}List`
    case 'option':
      return `Optional${describe(context, type.element)}`
    case 'result':
      return `${describe(context, type.ok)}Or${describe(context, type.err)}`
    case 'tuple':
      return `Tuple${type.items.length}`
    case 'own':
    case 'borrow':
      return describe(context, type.resource)
    default:
      return pascalCase(type.kind)
  }
}
