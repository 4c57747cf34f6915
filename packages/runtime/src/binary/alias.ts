import { quote } from './context.js'
import type { CoreSort, Sort } from './definition.js'
import { mentionedResources } from './free-resources.js'
import { hex, type Reader } from './reader.js'
import { type Scope, sortOf } from './scope.js'
import { type AnySort, decodeSort } from './sorts.js'

/** Decodes one alias and appends what it names to its index space (Binary.md, `alias`). */
export function decodeAlias(reader: Reader, scope: Scope): void {
  const sort = decodeSort(reader, scope.context)
  const at = reader.offset
  const target = reader.u8()
  switch (target) {
    case 0x00:
      aliasExport(reader, scope, sort)
      return
    case 0x01:
      aliasCoreExport(reader, scope, sort)
      return
    case 0x02:
      aliasOuter(reader, scope, sort)
      return
    default:
      throw reader.malformed(`${hex(target)} is not a target of an alias`, at)
  }
}

function aliasExport(reader: Reader, scope: Scope, decoded: AnySort): void {
  const { context } = scope
  const instance = reader.u32()
  const name = reader.name(context.limits.nameBytes)
  const sort = externSort(decoded)
  const type = scope.instance(instance).exports.get(name)
  if (type === undefined) throw context.invalid(`instance ${instance} has no export ${quote(name)}`)
  if (sort === null || sortOf(type) !== sort) {
    throw context.invalid(`export ${quote(name)} of instance ${instance} is not what the alias says`)
  }
  if (scope.kind !== 'component' && sort !== 'type' && sort !== 'instance') {
    throw context.invalid(`an alias inside of a type cannot name a ${sort}`)
  }
  scope.push(type)
  scope.definitions.push({ op: 'alias', sort, instance, name, type })
}

function aliasCoreExport(reader: Reader, scope: Scope, { core: sort }: AnySort): void {
  const { context } = scope
  const instance = reader.u32()
  const name = reader.name(context.limits.nameBytes)
  if (scope.kind !== 'component') throw context.invalid('an alias inside of a type cannot name a core export')
  const type = scope.coreInstance(instance).get(name)
  if (type === undefined) throw context.invalid(`core instance ${instance} has no export ${quote(name)}`)
  if (sort === null || type.kind !== sort) {
    throw context.invalid(`export ${quote(name)} of core instance ${instance} is not what the alias says`)
  }
  scope.pushCore(type)
  scope.definitions.push({ op: 'core-alias', sort, instance, name })
}

function aliasOuter(reader: Reader, scope: Scope, decoded: AnySort): void {
  const depth = reader.u32()
  const index = reader.u32()
  const sort = outerSort(decoded)
  if (sort === null) throw scope.context.invalid('an outer alias cannot name an item of that sort')
  if (scope.kind !== 'component' && sort !== 'type' && sort !== 'core-type') {
    throw scope.context.invalid(`an alias inside of a type cannot name a ${sort}`)
  }
  const outer = scope.outer(depth)
  switch (sort) {
    case 'core-type':
      scope.core.type.push(outer.coreType(index))
      break
    case 'type': {
      const entry = outer.type(index)
      if (crossesComponent(scope, outer) && mentionedResources(scope.context, [entry]).size > 0) {
        throw scope.context.invalid('an outer alias carries a resource type across a component')
      }
      scope.types.push(entry)
      break
    }
    default:
      scope.push(outer.extern(sort, index))
  }
  scope.definitions.push({ op: 'outer-alias', sort, depth, index })
}

function crossesComponent(scope: Scope, outer: Scope): boolean {
  for (let at: Scope | null = scope; at !== outer && at !== null; at = at.parent) {
    if (at.kind === 'component') return true
  }
  return false
}

function externSort(sort: AnySort): Sort | null {
  if (sort.core === null) return sort.sort
  return sort.core === 'module' ? 'core-module' : null
}

function outerSort(sort: AnySort): 'core-module' | 'core-type' | 'type' | 'component' | null {
  if (sort.core === null) return sort.sort === 'type' || sort.sort === 'component' ? sort.sort : null
  const core: CoreSort = sort.core
  return core === 'module' ? 'core-module' : core === 'type' ? 'core-type' : null
}
