import { childTypes } from '../types/children.js'
import type { ExternType, FuncType, InstanceType, TypeExport, ValueType } from '../types/index.js'
import type { Role, Scope } from './scope.js'
import type { TypeEntry } from './type-info.js'

/**
 * Registers the types that an import or export names, and says whether everything it mentions has a name: records,
 * variants, enums, flags and resources must have been imported or exported before, so that whoever is on the other
 * side can refer to them.
 */
export function nameTypes(scope: Scope, role: Role, type: ExternType): boolean {
  // The types in an instance type get their names where the type is used.
  if (scope.kind === 'instance-type') return true
  const { named } = role === 'import' ? scope.imports : scope.exports
  switch (type.kind) {
    case 'type':
      if (!contentIsNamed(scope, type.type, named)) return false
      named.add(type)
      if (role === 'import') scope.exports.named.add(type)
      return true
    case 'instance':
      for (const item of type.exports.values()) if (!nameTypes(scope, role, item)) return false
      return true
    case 'func':
      return childrenAreNamed(scope, type, named)
    default:
      // Components and modules are closed.
      return true
  }
}

type Named = ReadonlySet<TypeEntry>

function contentIsNamed(scope: Scope, type: TypeExport['type'], named: Named): boolean {
  switch (type.kind) {
    case 'resource':
    case 'component':
      return true
    case 'instance':
      return instanceIsNamed(scope, type, named)
    default:
      return childrenAreNamed(scope, type, named)
  }
}

function instanceIsNamed(scope: Scope, type: InstanceType, named: Named): boolean {
  for (const item of type.exports.values()) {
    scope.context.step()
    if (item.kind === 'func' && !childrenAreNamed(scope, item, named)) return false
    if (item.kind === 'type' && !contentIsNamed(scope, item.type, named)) return false
    if (item.kind === 'instance' && !instanceIsNamed(scope, item, named)) return false
  }
  return true
}

function childrenAreNamed(scope: Scope, type: ValueType | FuncType, named: Named): boolean {
  const { uses } = scope.context.types.info(type)
  scope.context.step(uses.length + 1)
  if (type.kind === 'own' || type.kind === 'borrow') return uses[0] != null && named.has(uses[0])
  return childTypes(type).every((child, i) => useIsNamed(scope, child, { entry: uses[i] ?? null, named }))
}

function useIsNamed(
  scope: Scope,
  type: ValueType,
  { entry, named }: { entry: TypeEntry | null; named: Named },
): boolean {
  switch (type.kind) {
    case 'record':
    case 'variant':
    case 'enum':
    case 'flags':
      return entry !== null && named.has(entry)
    default:
      return childrenAreNamed(scope, type, named)
  }
}
