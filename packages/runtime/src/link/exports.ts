import { callTarget } from '../abi/closures/call-host.js'
import type { ComponentFunc } from '../abi/functions.js'
import { defineMember, guestClassOf, methodOf } from '../abi/guest-class.js'
import type { JsFunc } from '../abi/js-value.js'
import { lazy } from '../abi/lazy.js'
import { makeGuestCall } from '../abi/make-call.js'
import { type FunctionName, parseFunctionName, pascalCase } from '../abi/names.js'
import type { RuntimeResource } from '../abi/resource.js'
import type { ExternType } from '../types/index.js'
import type { InstanceItem, Item } from './items.js'

/** The exports of an instance as JS: functions by `memberName`, classes in PascalCase, interfaces by their exact name. */
export type ExportObject = Readonly<Record<string, unknown>>

/** Null-prototype and frozen, and nothing in it goes by a name that JS looks for, see `memberName`. */
export function exportObject(
  types: ReadonlyMap<string, ExternType>,
  { exports }: InstanceItem,
): ExportObject {
  const object: Record<string, unknown> = Object.create(null)
  const functions: [FunctionName, ComponentFunc][] = []
  for (const [name, type] of types) {
    const item = exports.get(name)!
    if (item.kind === 'func') functions.push([parseFunctionName(name), item.func])
    else if (item.kind === 'instance' && type.kind === 'instance')
      object[name] = exportObject(type.exports, item)
    else if (item.kind === 'type' && item.resource !== null)
      object[pascalCase(name)] = classOf(item.resource, name)
  }
  for (const [name, func] of functions) {
    if (name.kind === 'plain') object[name.member] = callable(func, name.member)
    else addToClass(name, func, exports.get(name.resource))
  }
  return Object.freeze(object)
}

function classOf(resource: RuntimeResource, name: string): unknown {
  if (resource.owner === null) return resource.hostClass
  if (resource.guestClass === null) resource.name = name
  return guestClassOf(resource)
}

/** The host's own classes are left alone when a component exports a resource that it imported. */
function addToClass(
  name: Exclude<FunctionName, { kind: 'plain' }>,
  func: ComponentFunc,
  type: Item | undefined,
): void {
  if (type?.kind !== 'type' || type.resource === null || type.resource.owner === null) return
  const { resource } = type
  const Class = guestClassOf(resource)
  switch (name.kind) {
    case 'constructor':
      resource.construct = constructorOf(func, `new ${Class.name}`)
      return
    case 'static':
      defineMember(Class, name.member, callable(func, `${Class.name}.${name.member}`))
      return
    case 'method': {
      const call = callable(func, `${Class.name}.${name.member}`)
      defineMember(Class.prototype, name.member, methodOf(call, func.type.params.length - 1))
      return
    }
  }
}

function callable(func: ComponentFunc, name: string): JsFunc {
  if (func.kind === 'host') return (...args) => callTarget(func.target, args)
  func.name = name
  return func.fromHost
}

/** `new` cannot wait, so a constructor is called synchronously in an asynchronous instance too. */
function constructorOf(func: ComponentFunc, name: string): JsFunc {
  if (func.kind === 'host' || !func.cx.store.async) return callable(func, name)
  func.name = name
  return lazy(func.type.params.length, () => makeGuestCall(func, func.cx.store))
}
