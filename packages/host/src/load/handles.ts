import type { FuncType, ValueType } from '@wasm-plugin/runtime'

/** True when a call passes a resource in or out: something that lives in one thread and cannot be copied to another. */
export function passesHandles({ params, result }: FuncType): boolean {
  const seen = new Set<ValueType>()
  const holds = (type: ValueType | null): boolean => {
    if (type === null || seen.has(type)) return false
    seen.add(type)
    switch (type.kind) {
      case 'own':
      case 'borrow':
        return true
      case 'record':
        return type.fields.some((field) => holds(field.type))
      case 'tuple':
        return type.items.some(holds)
      case 'variant':
        return type.cases.some((c) => holds(c.type))
      case 'option':
      case 'list':
        return holds(type.element)
      case 'result':
        return holds(type.ok) || holds(type.err)
      default:
        return false
    }
  }
  return params.some((param) => holds(param.type)) || holds(result)
}
