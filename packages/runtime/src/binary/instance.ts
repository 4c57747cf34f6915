import type { ExternType, ResourceType } from '../types/index.js'
import { quote, type Steps } from './context.js'
import type { Ref } from './definition.js'
import { decodeExternName, nameItem } from './extern.js'
import { hex, type Reader } from './reader.js'
import { type Scope, Side } from './scope.js'
import { decodeExternSort } from './sorts.js'
import { Substituter } from './substitute.js'
import { matchSignature } from './subtype.js'

/** Decodes one component instance and appends it (Binary.md, `instance`). */
export function* decodeInstance(reader: Reader, scope: Scope): Steps<void> {
  const at = reader.offset
  const form = reader.u8()
  if (form === 0x00) instantiateComponent(reader, scope)
  else if (form === 0x01) yield* bundleExports(reader, scope)
  else throw reader.malformed(`${hex(form)} is not a form of instance`, at)
}

function instantiateComponent(reader: Reader, scope: Scope): void {
  const { context } = scope
  const component = reader.u32()
  const type = scope.component(component)
  const given = new Map<string, ExternType>()
  const args = Array.from({ length: context.count(reader) }, () => {
    const arg = decodeRef(reader, scope, reader.name(context.limits.nameBytes))
    if (given.has(arg.name)) throw context.invalid(`argument ${quote(arg.name)} is given twice`)
    given.set(arg.name, scope.extern(arg.sort, arg.index))
    return arg
  })
  const { imported, defined } = context.types.info(type)
  const by = matchSignature(context, given, { expected: type.imports, bound: imported, role: 'import' })
  for (const resource of defined) {
    const fresh: ResourceType = { kind: 'resource', name: resource.name }
    by.resources.set(resource, fresh)
    scope.definedResources.set(fresh, false)
  }
  const exports = new Substituter(context, by).exports(type.exports)
  const instance = context.types.instance({ kind: 'instance', exports }, new Set())
  scope.instances.push(instance)
  scope.definitions.push({ op: 'instantiate', component, args, type: instance })
}

function* bundleExports(reader: Reader, scope: Scope): Steps<void> {
  const { context } = scope
  const side = new Side()
  const exports: Ref[] = []
  for (let count = context.count(reader); count > 0; count--) {
    const name = decodeExternName(reader, context)
    const ref = decodeRef(reader, scope, name.name)
    nameItem(context, side, { ...name, type: scope.extern(ref.sort, ref.index), role: 'export' })
    exports.push(ref)
    yield
  }
  const type = context.types.instance({ kind: 'instance', exports: side.items }, new Set())
  scope.instances.push(type)
  scope.definitions.push({ op: 'bundle', exports, type })
}

function decodeRef(reader: Reader, scope: Scope, name: string): Ref {
  const sort = decodeExternSort(reader, scope.context)
  return { name, sort, index: reader.u32() }
}
