import { matchName, withoutVersion } from '@wasm-plugin/manifest/names'
import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { pascalCase } from '@wasm-plugin/runtime/internal'
import { errors } from '../errors/index.js'
import { type CallableExport, callableExport } from './callable-export.js'
import { foreignResources } from './foreign.js'
import type { ResourceOrigins } from './origin.js'

/** One function that can be called. */
export interface ExportedFunction extends CallableExport {
  /** `namespace:package/interface@version#function`, or `function` for one of the world itself. */
  readonly name: string
  /** Of it among the `functions` of the contract, by which a thread knows it. */
  readonly index: number
  /** A resource that goes in or out, and that neither the plugin nor the application defines. */
  readonly foreign: string | undefined
}

/** What a plugin exports, as the application may name it. */
export interface Contract {
  readonly functions: readonly ExportedFunction[]
  readonly origins: ResourceOrigins
  /** Names of the exported interfaces and world functions, exact. */
  readonly names: readonly string[]
  /** Whether it is the name of a function. */
  has(target: string): boolean
  /** @throws {UNKNOWN_EXPORT} */
  find(target: string): ExportedFunction
}

/** Taken in steps: a component may export thousands of functions. */
export function* contractOf(
  exports: ReadonlyMap<string, ExternType>,
  origins: ResourceOrigins,
): Generator<void, Contract> {
  const functions: ExportedFunction[] = []
  const foreign = foreignResources(origins)
  const add = (instance: string | null, func: string, type: FuncType) =>
    functions.push({
      ...callableExport([instance, func], type),
      name: instance === null ? func : `${instance}#${func}`,
      index: functions.length,
      foreign: foreign(type),
    })
  for (const [name, item] of exports) {
    yield
    if (item.kind === 'func') add(null, name, item)
    if (item.kind !== 'instance') continue
    for (const [func, type] of item.exports) {
      yield
      if (type.kind === 'func') add(name, func, type)
    }
  }
  const byTarget = yield* indexTargets(functions)
  return {
    functions,
    origins,
    names: [...exports].filter(([, t]) => t.kind === 'func' || t.kind === 'instance').map(([name]) => name),
    has: (target) => byTarget.has(target),
    find(target) {
      const found = byTarget.get(target)
      if (found === undefined) throw unknownExport(target, functions)
      return found
    },
  }
}

/** A function as the runtime has it in messages: `render`, `new Counter`, `Counter.next`. */
export function shownName({ kind, resource, func }: ExportedFunction): string {
  if (resource === null) return func
  return kind === 'constructor' ? `new ${pascalCase(resource)}` : `${pascalCase(resource)}.${func}`
}

/** Names that a message lists. */
const MAX_KNOWN = 50

function unknownExport(name: string, functions: readonly ExportedFunction[]) {
  const known = functions.slice(0, MAX_KNOWN).map((func) => func.name)
  return errors.UNKNOWN_EXPORT({ name, known, more: functions.length - known.length })
}

/** @throws {CONTRACT_MISMATCH} when a required interface or function is not exported. */
export function checkRequired(contract: Contract, requires: readonly string[], plugin: string): void {
  for (const missing of requires) {
    if (!contract.has(missing) && matchName(missing, contract.names) === undefined)
      throw errors.CONTRACT_MISMATCH({ plugin, missing, exports: contract.names.slice(0, MAX_KNOWN) })
  }
}

/** A function is found by its exact name, without the version, and in kebab or camel case. */
function* indexTargets(
  functions: readonly ExportedFunction[],
): Generator<void, ReadonlyMap<string, ExportedFunction>> {
  const byTarget = new Map<string, ExportedFunction>()
  for (const entry of functions) {
    yield
    for (const target of targetsOf(entry)) if (!byTarget.has(target)) byTarget.set(target, entry)
  }
  // An exact name always wins over the versionless name of another interface.
  for (const entry of functions) {
    yield
    byTarget.set(entry.name, entry)
  }
  return byTarget
}

function targetsOf(entry: ExportedFunction): string[] {
  if (entry.instance === null) return entry.kind === 'plain' ? [entry.name, entry.func] : [entry.name]
  const exact = entry.name.slice(entry.instance.length + 1)
  const names = entry.kind === 'plain' ? [exact, entry.func] : [exact]
  return [entry.instance, withoutVersion(entry.instance)].flatMap((i) => names.map((name) => `${i}#${name}`))
}
