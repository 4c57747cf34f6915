import type { ExternType, FuncType, ValueType } from '../types/index.js'
import { type DecodeContext, quote } from './context.js'
import type { ExternName } from './names.js'
import type { Side } from './scope.js'
import type { TypeEntry } from './type-info.js'

interface Item {
  readonly context: DecodeContext
  readonly name: string
  readonly type: ExternType
}

/**
 * Checks that an item with an annotated name is what the name says: a constructor, method or static function of a
 * resource that was named before on the same side.
 * @throws {INVALID_COMPONENT}
 */
export function checkExternName(side: Side, name: ExternName, item: Item): void {
  switch (name.kind) {
    case 'constructor':
      checkConstructor(side, name.resource, item)
      return
    case 'method':
      checkMethod(side, name.resource, item)
      return
    case 'static':
      funcOf(item)
      if (!side.resourceLabels.has(name.resource)) {
        throw item.context.invalid(`${quote(item.name)}: no resource of that name comes before it`)
      }
  }
}

function checkConstructor(side: Side, resource: string, item: Item): void {
  const func = funcOf(item)
  if (func.async) throw item.context.invalid(`${quote(item.name)}: a constructor cannot be async`)
  const made = func.result?.kind === 'result' ? func.result.ok : func.result
  if (made?.kind !== 'own' || nameOf(side, made, item.context) !== resource) {
    throw item.context.invalid(`${quote(item.name)} does not return an own handle of its resource`)
  }
}

function checkMethod(side: Side, resource: string, item: Item): void {
  const self = funcOf(item).params[0]
  if (self?.name !== 'self' || self.type.kind !== 'borrow') {
    throw item.context.invalid(
      `${quote(item.name)}: the first parameter is not "self", a borrow of its resource`,
    )
  }
  if (nameOf(side, self.type, item.context) !== resource) {
    throw item.context.invalid(`${quote(item.name)}: "self" is of another resource`)
  }
}

function funcOf({ context, name, type }: Item): FuncType {
  if (type.kind !== 'func') throw context.invalid(`${quote(name)} is not a function`)
  return type
}

function nameOf(side: Side, handle: ValueType, context: DecodeContext): string | undefined {
  const entry: TypeEntry | null | undefined = context.types.info(handle).uses[0]
  return entry ? side.resourceNames.get(entry) : undefined
}
