import type {
  ComponentType,
  CoreImport,
  FuncType,
  InstanceType,
  ModuleType,
  ResourceType,
} from '../types/index.js'
import { decodeAlias } from './alias.js'
import { quote } from './context.js'
import { CoreImportNames } from './core-names.js'
import { type CoreType, type CoreTypeSpace, decodeCoreExternType, decodeRecType } from './core-types.js'
import { decodeExternName, decodeExternType, introduce } from './extern.js'
import { finishComponent, finishInstance } from './finish.js'
import { UniqueNames } from './names.js'
import { hex, type Reader } from './reader.js'
import { Scope } from './scope.js'
import type { TypeUse } from './type-info.js'
import { decodeDefinedType, decodeLabel, decodeValueType } from './value-types.js'

/** Decodes one type definition and appends it to the type index space (Binary.md, `type`). */
export function decodeType(reader: Reader, scope: Scope): void {
  switch (reader.peek()) {
    case 0x3f:
      reader.u8()
      decodeResource(reader, scope)
      return
    case 0x40:
    case 0x43:
      scope.pushType(decodeFunc(reader, scope))
      break
    case 0x41:
      reader.u8()
      scope.pushType(scope.context.nested(() => decodeComponentType(reader, scope)))
      break
    case 0x42:
      reader.u8()
      scope.pushType(scope.context.nested(() => decodeInstanceType(reader, scope)))
      break
    default:
      scope.pushType(decodeDefinedType(reader, scope))
  }
  scope.definitions.push({ op: 'type' })
}

/** Decodes one core type definition, which can be a group, and appends it to the core type index space. */
export function decodeCoreType(reader: Reader, scope: Scope): void {
  const { type: types } = scope.core
  if (reader.peek() === 0x50) {
    reader.u8()
    types.push(scope.context.nested(() => decodeModuleType(reader, scope)))
    scope.definitions.push({ op: 'core-type' })
    return
  }
  // A sub type that is not final starts with the byte of module types, and so gets a zero in front.
  if (reader.peek() === 0x00) {
    reader.u8()
    if (reader.peek() !== 0x50) throw reader.malformed('expected a sub type')
  }
  const { context, extensible } = scope
  for (let count = decodeRecType(reader, { context, types, extensible }); count > 0; count--) {
    scope.definitions.push({ op: 'core-type' })
  }
}

function decodeResource(reader: Reader, scope: Scope): void {
  const { context } = scope
  const rep = reader.u8()
  if (rep !== 0x7f) {
    if (rep === 0x7e) throw context.unsupported('resources represented by i64')
    throw context.invalid(`a resource cannot be represented by core type ${hex(rep)}`)
  }
  const flag = reader.u8()
  if (flag > 1) throw reader.malformed(`${hex(flag)} does not say whether a destructor follows`)
  const destructor = flag === 1 ? reader.u32() : null
  if (scope.kind !== 'component') throw context.invalid('a resource cannot be defined inside of a type')
  if (destructor !== null) {
    const { params, results } = scope.coreFunc(destructor)
    if (params.join() !== 'i32' || results.length > 0) {
      throw context.invalid('the destructor of a resource is not of type (i32) -> ()')
    }
  }
  const resource: ResourceType = { kind: 'resource', name: `resource-${scope.types.length}` }
  scope.pushType(resource)
  scope.definedResources.set(resource, true)
  scope.definitions.push({ op: 'resource', resource, destructor })
}

function decodeFunc(reader: Reader, scope: Scope): FuncType {
  const { context } = scope
  const async = reader.u8() === 0x43
  const unique = new UniqueNames()
  const uses: TypeUse[] = []
  const params = Array.from({ length: context.count(reader) }, () => {
    const name = decodeLabel(reader, context, unique)
    const use = decodeValueType(reader, scope)
    uses.push(use)
    return { name, type: use.type }
  })
  const result = decodeResult(reader, scope)
  if (result !== null) {
    if (context.types.info(result.type).hasBorrow)
      throw context.invalid('the result of a function has a borrow')
    uses.push(result)
  }
  return context.types.value({ kind: 'func', async, params, result: result?.type ?? null }, uses)
}

function decodeResult(reader: Reader, scope: Scope): TypeUse | null {
  const at = reader.offset
  const form = reader.u8()
  if (form === 0x00) return decodeValueType(reader, scope)
  if (form !== 0x01) throw reader.malformed(`${hex(form)} is not a form of result`, at)
  reader.expect(0x00, 'the end of the results')
  return null
}

function decodeComponentType(reader: Reader, parent: Scope): ComponentType {
  const scope = new Scope('component-type', parent, parent.context)
  decodeDeclarations(reader, scope)
  return finishComponent(scope)
}

function decodeInstanceType(reader: Reader, parent: Scope): InstanceType {
  const scope = new Scope('instance-type', parent, parent.context)
  decodeDeclarations(reader, scope)
  return finishInstance(scope)
}

function decodeDeclarations(reader: Reader, scope: Scope): void {
  const { context } = scope
  const count = context.count(reader)
  for (let i = 0; i < count; i++) {
    const at = reader.offset
    context.offset = at
    const kind = reader.u8()
    if (kind === 0x00) decodeCoreType(reader, scope)
    else if (kind === 0x01) decodeType(reader, scope)
    else if (kind === 0x02) decodeAlias(reader, scope)
    else if (kind === 0x04) decodeDeclaration(reader, scope, 'export')
    else if (kind === 0x03 && scope.kind === 'component-type') decodeDeclaration(reader, scope, 'import')
    else throw reader.malformed(`${hex(kind)} is not a kind of declaration`, at)
  }
}

function decodeDeclaration(reader: Reader, scope: Scope, role: 'import' | 'export'): void {
  const name = decodeExternName(reader, scope.context)
  introduce(scope, role, { ...name, type: decodeExternType(reader, scope) })
}

function decodeModuleType(reader: Reader, scope: Scope): ModuleType {
  const { context } = scope
  const space: CoreTypeSpace = { context, types: [], extensible: new Set() }
  const imports: CoreImport[] = []
  const importNames = new CoreImportNames()
  const exports: Map<string, CoreImport['type']> = new Map()
  const count = context.count(reader)
  for (let i = 0; i < count; i++) {
    const at = reader.offset
    context.offset = at
    const kind = reader.u8()
    if (kind === 0x00) {
      const module = reader.name(context.limits.nameBytes)
      const name = reader.name(context.limits.nameBytes)
      importNames.add(context, module, name)
      imports.push({ module, name, type: decodeCoreExternType(reader, space) })
    } else if (kind === 0x01) {
      decodeRecType(reader, space)
    } else if (kind === 0x02) {
      space.types.push(decodeCoreTypeAlias(reader, scope, space))
    } else if (kind === 0x03) {
      const name = reader.name(context.limits.nameBytes)
      if (exports.has(name)) throw context.invalid(`core export ${quote(name)} is declared twice`)
      exports.set(name, decodeCoreExternType(reader, space))
    } else {
      throw reader.malformed(`${hex(kind)} is not a kind of module declaration`, at)
    }
  }
  return { kind: 'module', imports, exports }
}

/** Inside of a module type, level 0 is the module type itself. */
function decodeCoreTypeAlias(reader: Reader, scope: Scope, { types }: CoreTypeSpace): CoreType {
  const { context } = scope
  reader.expect(0x10, 'the core sort of types')
  reader.expect(0x01, 'an outer alias')
  const depth = reader.u32()
  const index = reader.u32()
  const type = depth === 0 ? types[index] : scope.outer(depth - 1).coreType(index)
  if (type === undefined) throw context.invalid(`core type ${index} is out of bounds`)
  if (type.kind === 'module') throw context.invalid('a module type cannot alias a module type')
  return type
}
