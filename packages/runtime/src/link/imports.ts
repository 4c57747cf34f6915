import { describe } from '../abi/describe.js'
import type { HostFunc, HostTarget } from '../abi/functions.js'
import type { HostCallable } from '../abi/js-value.js'
import { parseFunctionName, pascalCase } from '../abi/names.js'
import type { RuntimeResource } from '../abi/resource.js'
import { errors } from '../errors/index.js'
import type {
  ComponentType,
  ExternType,
  FuncType,
  InstanceType,
  ModuleType,
  TypeExport,
} from '../types/index.js'
import type { ResourceMap } from './bind-resources.js'
import { type HostModuleItem, type InstanceItem, type Item, plainType, type TypeItem } from './items.js'

/**
 * What a host gives to `instantiate`: interfaces by the exact name that the component imports, functions of the
 * world by `memberName`, a core module by its name as a function that takes what the module imports and gives what it exports. Only own properties count, so nothing of `Object.prototype` answers for an import.
 */
export type ImportObject = Readonly<Record<string, unknown>>

export interface ResolvedImports {
  readonly items: ReadonlyMap<string, Item>
  readonly resources: ResourceMap
}

/**
 * Finds every import of `type` before anything is instantiated.
 *
 * @param made gets every resource of the host
 * @throws {MISSING_IMPORT | WRONG_IMPORT}
 */
export function resolveImports(
  type: ComponentType,
  imports: ImportObject,
  made: RuntimeResource[] = [],
): ResolvedImports {
  const resources: ResourceMap = new Map()
  const scope: Scope = { object: imports, self: undefined, path: '', resources, made }
  const items = new Map<string, Item>()
  for (const [name, external] of type.imports) items.set(name, resolve(scope, name, external))
  return { items, resources }
}

/** One object of the host whose own properties answer for imports. */
interface Scope {
  readonly object: unknown
  /** Receiver of the functions. */
  readonly self: unknown
  /** `acme:site/log@0.1.0#` in front of the names in messages. */
  readonly path: string
  readonly resources: ResourceMap
  readonly made: RuntimeResource[]
}

function resolve(scope: Scope, name: string, type: ExternType): Item {
  switch (type.kind) {
    case 'instance':
      return resolveInstance(scope, name, type)
    case 'func':
      return { kind: 'func', func: resolveFunc(scope, name, type) }
    case 'type':
      return resolveType(scope, name, type)
    case 'module':
      return resolveModule(scope, name, type)
    case 'component':
      throw errors.UNSUPPORTED_FEATURE({ feature: `an imported ${type.kind} (${name})` })
  }
}

/** A core module that the host has no code for, but a function that makes instances of it. */
function resolveModule({ object, self, path }: Scope, name: string, type: ModuleType): HostModuleItem {
  const full = `${path}${name}`
  const make = requireFunction(ownProperty(object, name), full, name)
  return {
    kind: 'host-module',
    type,
    name: full,
    instantiate: (imports) => Reflect.apply(make, self, [imports]),
  }
}

function resolveInstance(scope: Scope, name: string, type: InstanceType): InstanceItem {
  const object = ownProperty(scope.object, name)
  const path = `${scope.path}${name}`
  if (object === undefined && needsObject(type))
    throw errors.MISSING_IMPORT({ name: path, kind: 'interface', property: name })
  if (object !== undefined && !isObject(object)) throw wrong(path, 'an object', object)
  const inner: Scope = { ...scope, object: object ?? {}, self: object, path: `${path}#` }
  const exports = new Map<string, Item>()
  for (const [member, external] of type.exports) exports.set(member, resolve(inner, member, external))
  return { kind: 'instance', exports }
}

/** An interface of plain types alone needs nothing from the host. */
function needsObject(type: InstanceType): boolean {
  for (const external of type.exports.values()) if (external.kind !== 'type') return true
  return false
}

function resolveFunc(scope: Scope, name: string, type: FuncType): HostFunc {
  return { kind: 'host', type, name: `${scope.path}${name}`, target: resolveTarget(scope, name) }
}

function resolveTarget(scope: Scope, name: string): HostTarget {
  const parsed = parseFunctionName(name)
  const path = `${scope.path}${name}`
  if (parsed.kind === 'plain') {
    return {
      form: 'function',
      call: requireFunction(ownProperty(scope.object, parsed.member), path, parsed.member),
      self: scope.self,
    }
  }
  const className = pascalCase(parsed.resource)
  const hostClass = requireFunction(ownProperty(scope.object, className), path, className)
  switch (parsed.kind) {
    case 'constructor':
      return { form: 'constructor', hostClass }
    case 'static':
      return {
        form: 'function',
        call: requireFunction(findStatic(hostClass, parsed.member), path, `${className}.${parsed.member}`),
        self: hostClass,
      }
    case 'method':
      requireFunction(findMethod(hostClass, parsed.member), path, `${className}.prototype.${parsed.member}`)
      return { form: 'method', member: parsed.member }
  }
}

function resolveType(scope: Scope, name: string, { bound, type }: TypeExport): TypeItem {
  if (type.kind !== 'resource') return plainType
  let resource = scope.resources.get(type)
  if (resource === undefined || bound === 'sub') {
    resource = hostResource(scope, name)
    scope.resources.set(type, resource)
    scope.made.push(resource)
  }
  return { kind: 'type', resource }
}

function hostResource(scope: Scope, name: string): RuntimeResource {
  const hostClass = ownProperty(scope.object, pascalCase(name))
  return {
    name,
    owner: null,
    destructor: null,
    hostClass:
      hostClass === undefined ? null : requireFunction(hostClass, `${scope.path}${name}`, pascalCase(name)),
    guestClass: null,
    construct: null,
  }
}

function requireFunction(value: unknown, path: string, property: string): HostCallable {
  if (value === undefined) throw errors.MISSING_IMPORT({ name: path, kind: 'function', property })
  if (typeof value !== 'function') throw wrong(path, 'a function', value)
  return value as HostCallable
}

function wrong(name: string, expected: string, found: unknown) {
  return errors.WRONG_IMPORT({ name, expected, found: describe(found) })
}

function ownProperty(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined
}

/** Walks the prototypes of a class by own properties, and stops before what every object inherits. */
function findMethod(hostClass: HostCallable, name: string): unknown {
  return findUpTo(Object.prototype, hostClass.prototype, name)
}

function findStatic(hostClass: HostCallable, name: string): unknown {
  return findUpTo(Function.prototype, hostClass, name)
}

function findUpTo(end: object, start: unknown, name: string): unknown {
  let object = start
  while (isObject(object) && (object as object) !== end) {
    if (Object.hasOwn(object, name)) return object[name]
    object = Object.getPrototypeOf(object)
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
