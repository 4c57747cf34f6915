import { errors } from '../errors/index.js'
import { GuestHandle, type Held, takeOver, Wrapping } from './guest-handle.js'
import type { JsFunc, JsValue } from './js-value.js'
import { pascalCase } from './names.js'
import type { GuestClass, RuntimeResource } from './resource.js'

/** The class whose objects stand for `resource`; made when it is first needed. */
export function guestClassOf(resource: RuntimeResource): GuestClass {
  resource.guestClass ??= makeClass(resource)
  return resource.guestClass
}

/** The object for a handle that the guest gave out. */
export function wrapHandle(held: Held): object {
  const Class = guestClassOf(held.resource)
  return new Class(new Wrapping(held))
}

/** Defines `Class.prototype[name]`, or `Class[name]` for a static function. */
export function defineMember(target: object, name: string, value: JsFunc): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
}

/** A method that passes its receiver as the first argument. */
export function methodOf(f: JsFunc, params: number): JsFunc {
  switch (params) {
    case 0:
      return function (this: unknown) {
        return f(this)
      }
    case 1:
      return function (this: unknown, a) {
        return f(this, a)
      }
    case 2:
      return function (this: unknown, a, b) {
        return f(this, a, b)
      }
    default:
      return function (this: unknown, ...args) {
        return f(this, ...args)
      }
  }
}

function makeClass(resource: RuntimeResource): GuestClass {
  const name = pascalCase(resource.name)
  const Class = class extends GuestHandle {
    constructor(...args: JsValue[]) {
      super(args[0] instanceof Wrapping ? args[0] : constructed(resource, args))
    }
  }
  Object.defineProperty(Class, 'name', { value: name })
  return Class
}

/** `new Class(...)` by the host: the guest's constructor makes a handle, which the new object takes over. */
function constructed(resource: RuntimeResource, args: readonly JsValue[]): Wrapping {
  if (resource.construct === null) throw errors.NO_CONSTRUCTOR({ resource: resource.name })
  return takeOver(resource.construct(...args))
}
