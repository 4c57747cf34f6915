import { unsupportedType } from '../abi/features.js'
import type { ComponentDefinition } from '../binary/definition.js'
import { errors } from '../errors/index.js'
import { casesOf, type FuncType, type ValueType } from '../types/index.js'

/**
 * Refuses what is decoded but not run: asynchronous functions, streams, futures, maps and fixed-length lists.
 * Only functions that cross the boundary count; a type that nothing uses is harmless.
 * @throws {UNSUPPORTED_FEATURE}
 */
export function refuseUnsupported(component: ComponentDefinition): void {
  const seen = new Set<ValueType>()
  visitComponent(component, seen)
}

function visitComponent({ definitions }: ComponentDefinition, seen: Set<ValueType>): void {
  for (const definition of definitions) {
    if (definition.op === 'component') visitComponent(definition.component, seen)
    else if (definition.op === 'lift' || definition.op === 'lower') visitFunc(definition.type, seen)
  }
}

function visitFunc(type: FuncType, seen: Set<ValueType>): void {
  if (type.async) throw errors.UNSUPPORTED_FEATURE({ feature: 'asynchronous functions (WASI 0.3)' })
  for (const param of type.params) visitType(param.type, seen)
  if (type.result !== null) visitType(type.result, seen)
}

function visitType(type: ValueType | null, seen: Set<ValueType>): void {
  if (type === null || seen.has(type)) return
  seen.add(type)
  switch (type.kind) {
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      throw unsupportedType(type)
    case 'list':
      if (type.length !== undefined) throw errors.UNSUPPORTED_FEATURE({ feature: 'a list of fixed length' })
      visitType(type.element, seen)
      return
    case 'record':
      for (const field of type.fields) visitType(field.type, seen)
      return
    case 'tuple':
      for (const item of type.items) visitType(item, seen)
      return
    case 'variant':
    case 'option':
    case 'result':
      for (const c of casesOf(type)) visitType(c.type, seen)
      return
    default:
      return
  }
}
