import type { ExternType, InstanceType, ModuleType, ResourceType, TypeExport } from '../types/index.js'
import { type DecodeContext, quote } from './context.js'
import { checkExternName } from './name-rules.js'
import { nameTypes } from './named-types.js'
import { type ExternName, isCanonicalVersion, isSemver, parseExternName } from './names.js'
import { hex, type Reader } from './reader.js'
import type { Role, Scope, Side } from './scope.js'
import { Substituter } from './substitute.js'

/** The attributes that can follow a name. All are hints for tools, except that they have to be well formed. */
export interface NameAttributes {
  readonly implements: string | null
  readonly versionSuffix: string | null
}

export interface DecodedName {
  readonly name: string
  readonly attributes: NameAttributes
}

/** Decodes the name of an import or export, with its attributes (Binary.md, `nameattributes`). */
export function decodeExternName(reader: Reader, context: DecodeContext): DecodedName {
  const at = reader.offset
  const form = reader.u8()
  if (form > 0x02) throw reader.malformed(`${hex(form)} is not a form of name`, at)
  const name = reader.name(context.limits.nameBytes)
  const found = new Map<number, string>()
  for (let count = form === 0x02 ? context.count(reader) : 0; count > 0; count--) {
    const attribute = reader.u8()
    if (attribute > 0x02) throw reader.malformed(`${hex(attribute)} is not an attribute`, reader.offset - 1)
    if (found.has(attribute)) throw context.invalid(`an attribute of ${quote(name)} is given twice`)
    found.set(attribute, reader.name(context.limits.nameBytes))
  }
  return { name, attributes: { implements: found.get(0) ?? null, versionSuffix: found.get(1) ?? null } }
}

/** Decodes what an import is, or what an export is said to be (Binary.md, `externtype`). */
export function decodeExternType(reader: Reader, scope: Scope): ExternType {
  const { context } = scope
  const at = reader.offset
  const sort = reader.u8()
  switch (sort) {
    case 0x00:
      reader.expect(0x11, 'the sort of core modules')
      return moduleType(scope, reader.u32())
    case 0x01:
      return typeOfKind(scope, reader.u32(), 'func')
    case 0x02:
      throw context.unsupported('values')
    case 0x03:
      return decodeTypeBound(reader, scope)
    case 0x04:
      return typeOfKind(scope, reader.u32(), 'component')
    case 0x05:
      return typeOfKind(scope, reader.u32(), 'instance')
    default:
      throw reader.malformed(`${hex(sort)} is not a kind of import or export`, at)
  }
}

/**
 * Adds an import or export to `scope`: checks its name and type, and appends it to its index space. Answers its type
 * as seen from here on: the resources of an instance type are made afresh for each use of the type.
 */
export function introduce(scope: Scope, role: Role, item: DecodedName & { type: ExternType }): ExternType {
  const { context } = scope
  const { name, type } = item
  const side = role === 'import' ? scope.imports : scope.exports
  context.limit('typeSize', side.size + context.types.info(type).size)
  const fresh = type.kind === 'instance' ? freshInstance(scope, role, type) : type
  if (fresh.kind === 'type' && fresh.type.kind === 'resource') registerResource(scope, role, fresh, name)
  scope.push(fresh)
  if (!nameTypes(scope, role, fresh)) {
    throw context.invalid(`${role} ${quote(name)} uses a type that is not itself imported or exported`)
  }
  nameItem(context, side, { ...item, type: fresh, role })
  return fresh
}

/** Checks the name of an item against its type and against the other names of its side, and adds the item there. */
export function nameItem(
  context: DecodeContext,
  side: Side,
  { name, attributes, type, role }: DecodedName & { type: ExternType; role: Role },
): void {
  const parsed = parseExternName(context, name)
  if (parsed.kind === 'dependency') {
    if (role === 'export') throw context.invalid(`${quote(name)} is not a valid export name`)
    throw context.unsupported(`an import by dependency name (${quote(name)})`)
  }
  checkAttributes(context, parsed, { name, attributes, type })
  checkExternName(side, parsed, { context, name, type })
  side.names.add(context, name)
  side.size += context.types.info(type).size
  side.items.set(name, type)
}

function moduleType(scope: Scope, index: number): ModuleType {
  const type = scope.coreType(index)
  if (type.kind !== 'module') throw scope.context.invalid(`core type ${index} is not a module type`)
  return type
}

function typeOfKind(scope: Scope, index: number, kind: 'func' | 'component' | 'instance'): ExternType {
  const { type } = scope.type(index)
  const isExtern = type.kind === 'func' || type.kind === 'component' || type.kind === 'instance'
  if (isExtern && type.kind === kind) return type
  throw scope.context.invalid(`type ${index} is not ${kind === 'instance' ? 'an' : 'a'} ${kind} type`)
}

function decodeTypeBound(reader: Reader, scope: Scope): TypeExport {
  const at = reader.offset
  const bound = reader.u8()
  if (bound === 0x00) return { kind: 'type', bound: 'eq', type: scope.type(reader.u32()).type }
  if (bound === 0x01) return { kind: 'type', bound: 'sub', type: { kind: 'resource', name: '' } }
  throw reader.malformed(`${hex(bound)} is not a bound of a type`, at)
}

function checkAttributes(
  context: DecodeContext,
  parsed: ExternName,
  { name, attributes, type }: DecodedName & { type: ExternType },
): void {
  if (attributes.implements !== null) {
    if (type.kind !== 'instance')
      throw context.invalid(`${quote(name)}: only an instance implements an interface`)
    if (parsed.kind !== 'label') throw context.invalid(`${quote(name)} cannot have an "implements" attribute`)
    const target = parseExternName(context, attributes.implements)
    if (target.kind !== 'interface' || !isVersion(target.version)) {
      throw context.invalid(`${quote(attributes.implements)} is not the name of an interface`)
    }
  }
  const version = parsed.kind === 'interface' ? parsed.version : null
  const suffix = attributes.versionSuffix
  if (suffix !== null) {
    if (type.kind !== 'instance')
      throw context.invalid(`${quote(name)}: only an instance has a version suffix`)
    if (version === null || !isCanonicalVersion(version) || !isSemver(version + suffix)) {
      throw context.invalid(`${quote(name)} and the suffix ${quote(suffix)} do not make a version`)
    }
  } else if (!isVersion(version)) {
    throw context.invalid(`${quote(name)} does not end in a semantic version`)
  }
}

function isVersion(version: string | null): boolean {
  return version === null || isSemver(version) || isCanonicalVersion(version)
}

function freshInstance(scope: Scope, role: Role, type: InstanceType): InstanceType {
  const { defined } = scope.context.types.info(type)
  if (defined.size === 0) return type
  const resources = new Map<ResourceType, ResourceType>()
  for (const resource of defined) {
    const fresh: ResourceType = { kind: 'resource', name: resource.name }
    resources.set(resource, fresh)
    if (role === 'import') scope.importedResources.add(fresh)
    else scope.definedResources.set(fresh, false)
  }
  const substituter = new Substituter(scope.context, { resources, entries: new Map() })
  return scope.context.types.instance(
    { kind: 'instance', exports: substituter.exports(type.exports) },
    new Set(),
  )
}

function registerResource(scope: Scope, role: Role, entry: TypeExport, name: string): void {
  const { type } = entry
  if (type.kind !== 'resource') return
  if (entry.bound === 'sub' && type.name === '') {
    type.name = name
    if (role === 'import') scope.importedResources.add(type)
    else scope.definedResources.set(type, false)
  }
  const side = role === 'import' ? scope.imports : scope.exports
  side.nameResource(entry, type, name)
}
