import type { ExternType, FuncType, InstanceType } from '@wasm-plugin/runtime'
import { memberName, pascalCase } from '../wit/names.js'
import { isResource } from '../world/scopes.js'
import { isAnswered } from '../world/shipped.js'
import { type AnyFunction, isObject, memberOf } from './members.js'
import type { Observer } from './observer.js'
import { fakeResource, type HostClass, type ResourceFake, type ResourceRequest } from './resource.js'
import { standIn } from './stand-in.js'

/**
 * Everything that a component imports of its application, for `imports` of the host: the given fakes, and stand-ins
 * for whatever they leave out. A stand-in of a function without a result does nothing; any other ends the call with
 * IMPORT_STUBBED, because there is no answer that would be right. What hosts answer of WASI is left to its grants, unless it is faked.
 *
 * @param imports Of the decoded component.
 * @param fakes By interface, with or without its version, as an application would offer them; of the world itself, functions
 *   and classes by their names.
 */
export function fakeImports(
  imports: ReadonlyMap<string, ExternType>,
  fakes: Readonly<Record<string, unknown>>,
  observe: Observer,
): Record<string, unknown> {
  const table: Record<string, unknown> = Object.create(null)
  const resources: ResourceFake[] = []
  for (const [name, item] of imports) {
    const fake = fakeOf(name, fakes)
    if (fake === undefined && isAnswered(name)) continue
    if (item.kind === 'func' && !name.startsWith('[')) {
      table[name] = watched({ name, type: item, observe, resources }, fake, undefined)
    } else if (item.kind === 'instance') {
      table[name] = fakeInterface({ name, type: item, observe, resources }, fake)
    } else if (isResource(item)) {
      const given = fake ?? ownOf(fakes, pascalCase(name))
      const place = { path: name, resource: name, functions: imports, given, observe }
      table[pascalCase(name)] = fakeClass(place, resources)
    }
  }
  return table
}

/** The class that stands for a resource, whose objects are watched from then on. */
function fakeClass(
  { given, observe, ...place }: Omit<ResourceRequest, 'given'> & { readonly given: unknown },
  resources: ResourceFake[],
): HostClass {
  const resource = fakeResource({
    ...place,
    given: typeof given === 'function' ? (given as HostClass) : undefined,
    observe: (call, proceed) => adopted(resources, observe(call, proceed)),
  })
  resources.push(resource)
  return resource.hostClass
}

interface Place<T> {
  readonly name: string
  readonly type: T
  readonly observe: Observer
  /** Classes of all interfaces: a function may return an object of another interface's resource. */
  readonly resources: ResourceFake[]
}

function fakeInterface(place: Place<InstanceType>, fake: unknown): Record<string, unknown> {
  const { name, type, observe, resources } = place
  const table: Record<string, unknown> = Object.create(null)
  for (const [member, item] of type.exports) {
    if (item.kind === 'func' && !member.startsWith('[')) {
      const key = memberName(member)
      table[key] = watched({ ...place, name: `${name}#${member}`, type: item }, memberOf(fake, key), fake)
    } else if (isResource(item)) {
      const key = pascalCase(member)
      const given = isObject(fake) ? fake[key] : undefined
      const path = `${name}#${member}`
      table[key] = fakeClass({ path, resource: member, functions: type.exports, given, observe }, resources)
    }
  }
  return table
}

/** The author's function or a stand-in, with the observer around it. */
function watched(
  { name, type, observe, resources }: Place<FuncType>,
  fake: unknown,
  self: unknown,
): AnyFunction {
  const run = typeof fake === 'function' ? (fake as AnyFunction) : standIn(name, type)
  return (...args) =>
    adopted(
      resources,
      observe({ function: name, type, args }, () => Reflect.apply(run, self, args)),
    )
}

/** Objects of faked resources that go to the plugin are watched from then on. */
function adopted<T>(resources: readonly ResourceFake[], value: T): T {
  if (!isObject(value) || resources.length === 0) return value
  if (value instanceof Promise) return value.then((settled) => adopted(resources, settled)) as T
  const resource = resources.find(({ isInstance }) => isInstance(value))
  if (resource !== undefined) resource.adopt(value)
  else for (const part of Object.values(value)) adopted(resources, part)
  return value
}

/** A fake is named as the component names the interface, or without the version. */
function fakeOf(name: string, fakes: Readonly<Record<string, unknown>>): unknown {
  const [base = name] = name.split('@')
  return [name, base, memberName(name)].map((key) => ownOf(fakes, key)).find((fake) => fake !== undefined)
}

function ownOf(fakes: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(fakes, key) ? fakes[key] : undefined
}
