import type { FuncType } from './extern-type.js'
import type { ValueType } from './value-type.js'

/** The value types that a value or function type is made of. */
export function childTypes(type: ValueType | FuncType): readonly ValueType[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.type)
    case 'tuple':
      return type.items
    case 'variant':
      return present(type.cases.map((c) => c.type))
    case 'result':
      return present([type.ok, type.err])
    case 'list':
    case 'option':
      return [type.element]
    case 'stream':
    case 'future':
      return present([type.element])
    case 'map':
      return present([type.key ?? null, type.element])
    case 'func':
      return present([...type.params.map((param) => param.type), type.result])
    default:
      return []
  }
}

function present(types: readonly (ValueType | null)[]): ValueType[] {
  return types.filter((type) => type !== null)
}
