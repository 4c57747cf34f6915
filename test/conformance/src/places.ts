import { createHost, type Isolation } from '@wasm-plugin/host'
import { Component, ComponentError, type ExternType, type FuncType, PluginError } from '@wasm-plugin/runtime'
import { emptyWasi } from './empty-wasi.js'
import { Host } from './host.js'
import { transpile } from './jco.js'
import { camelCase, pascalCase } from './names.js'
import type { Call, Place } from './scripts.js'
import { fromJson, type Json, type Resources, toJson } from './values.js'

/** Our runtime, without the host around it. */
export const runtime: Place = {
  name: 'the runtime',
  async run(bytes, scripts) {
    const component = await Component.compile(bytes)
    return await inOrder(scripts, async (calls) => {
      const host = new Host()
      const imports = { ...emptyWasi(component.imports), ...host.importsFor(component.imports) }
      const { exports } = component.instantiate(imports)
      const handles = new Handles(host.entries)
      return await inOrder(calls, async (call) => {
        const answer = await answerOf(component.exports, exports, call, handles)
        return { answer, heard: host.heard.splice(0) }
      })
    })
  },
}

/** Another component runtime for JavaScript. */
export const jco: Place = {
  name: 'jco',
  async run(bytes, scripts) {
    const { imports, exports: types } = await Component.compile(bytes)
    const component = await transpile(bytes, imports)
    return await inOrder(scripts, async (calls) => {
      const host = new Host()
      const given = { ...emptyWasi(imports), ...host.importsFor(imports) }
      // A trap is the end of an instance, which jco leaves to its caller.
      let exports = component.instantiate(given)
      const handles = new Handles(host.entries)
      return await inOrder(calls, async (call) => {
        const answer = await answerOf(types, exports, call, handles)
        if (isTrapped(answer)) exports = component.instantiate(given)
        return { answer, heard: host.heard.splice(0) }
      })
    })
  },
}

/** The host, as an application embeds it. */
export function embedded(isolation: Isolation): Place {
  return {
    name: `the host (${isolation})`,
    async run(bytes, scripts) {
      const component = await Component.compile(bytes)
      await using app = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
      const host = new Host()
      const imports = host.importsFor(component.imports)
      // One plugin for all scripts: none of them leaves state behind, and a trap gets a fresh instance by itself.
      await using plugin = await app.load(bytes, { name: 'plugin', imports, isolation })
      return await inOrder(scripts, async (calls) => {
        const handles = new Handles(host.entries)
        return await inOrder(calls, async (call) => {
          const answer = await answerOf(component.exports, plugin.exports, call, handles)
          return { answer, heard: host.heard.splice(0) }
        })
      })
    },
  }
}

type Exports = Readonly<Record<string, unknown>>

async function answerOf(
  types: ReadonlyMap<string, ExternType>,
  exports: Exports,
  [name, args]: Call,
  handles: Handles,
): Promise<Json> {
  if (name === 'drop') {
    await handles.drop(args[0] as string)
    return null
  }
  const { type, owner, member } = findExport(types, exports, name)
  const values = type.params.map((param, i) => fromJson(param.type, args[i]!, handles))
  try {
    const value = await invoke(owner, member, values)
    if (type.result === null) return null
    return type.result.kind === 'result'
      ? toJson(type.result, { tag: 'ok', val: value }, handles)
      : toJson(type.result, value, handles)
  } catch (error) {
    if (error instanceof ComponentError && type.result?.kind === 'result')
      return toJson(type.result, { tag: 'err', val: error.payload }, handles)
    if (isTrap(error)) return { trap: true }
    throw error
  }
}

function isTrapped(answer: Json): boolean {
  return typeof answer === 'object' && answer !== null && 'trap' in answer
}

function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (PluginError.is(error) && error.code === 'GUEST_TRAP')
}

function findExport(types: ReadonlyMap<string, ExternType>, exports: Exports, name: string) {
  const [instance, member] = name.includes('#') ? (name.split('#') as [string, string]) : [null, name]
  const interfaceType = instance === null ? undefined : types.get(instance)
  const type = interfaceType?.kind === 'instance' ? interfaceType.exports.get(member) : types.get(member)
  if (type?.kind !== 'func') throw new TypeError(`the component does not export ${name}`)
  const owner = (instance === null ? exports : exports[instance]) as Exports
  return { type: type as FuncType, owner, member }
}

/** `[method]counter.add` is `add` of the first argument, which is a counter. */
function invoke(owner: Exports, member: string, values: unknown[]): unknown {
  const [, kind, resource = '', method = ''] =
    /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(member) ?? []
  if (kind === undefined) return (owner[camelCase(member)] as Callable)(...values)
  const Class = owner[pascalCase(resource)] as Callable & (new (...args: unknown[]) => unknown)
  if (kind === 'constructor') return new Class(...values)
  const [self, ...rest] = kind === 'method' ? values : [Class, ...values]
  return (self as Record<string, Callable>)[camelCase(method)]!(...rest)
}

type Callable = (...args: unknown[]) => unknown

/** Resources of the plugin by the names that answers give them, and the host's own. */
class Handles implements Resources {
  readonly #named = new Map<string, object>()
  #count = 0

  constructor(private readonly entries: Resources) {}

  toJson(resource: object): Json {
    if ('title' in resource) return this.entries.toJson(resource)
    const name = `#${++this.#count}`
    this.#named.set(name, resource)
    return name
  }

  fromJson(json: Json, kind: 'own' | 'borrow'): object {
    if (typeof json !== 'string') return this.entries.fromJson(json, kind)
    const resource = this.#named.get(json)!
    if (kind === 'own') this.#named.delete(json)
    return resource
  }

  async drop(name: string): Promise<void> {
    const resource = this.fromJson(name, 'own') as Partial<Disposable & AsyncDisposable>
    // A resource in another thread is dropped there.
    await (resource[Symbol.asyncDispose] ?? resource[Symbol.dispose])!.call(resource)
  }
}

/** One after the other: the calls of a script share an instance. */
async function inOrder<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await run(item))
  return results
}
