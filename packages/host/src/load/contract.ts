import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import { passesHandles } from './handles.js'
import { camelCase, matchName, withoutVersion } from './names.js'

/** One function that can be called. */
export interface ExportedFunction {
  /** `namespace:package/interface@version#function`, or `function` for one of the world itself. */
  readonly name: string
  /** Exact export name of the instance, or null for a function of the world itself. */
  readonly instance: string | null
  /** camelCase, as in JavaScript. */
  readonly func: string
  readonly type: FuncType
  /** A resource goes in or out, so the call cannot cross a thread. */
  readonly passesHandles: boolean
}

/** What a plugin exports, as the application may name it. */
export interface Contract {
  readonly functions: readonly ExportedFunction[]
  /** Names of the exported interfaces and world functions, exact. */
  readonly names: readonly string[]
  /** @throws {UNKNOWN_EXPORT} */
  find(target: string): ExportedFunction
}

export function contractOf(exports: ReadonlyMap<string, ExternType>): Contract {
  const functions: ExportedFunction[] = []
  const add = (func: Omit<ExportedFunction, 'passesHandles'>) =>
    functions.push({ ...func, passesHandles: passesHandles(func.type) })
  for (const [name, type] of exports) {
    if (type.kind === 'func') add({ name, instance: null, func: camelCase(name), type })
    if (type.kind !== 'instance') continue
    for (const [func, funcType] of type.exports)
      if (funcType.kind === 'func' && !func.startsWith('['))
        add({ name: `${name}#${func}`, instance: name, func: camelCase(func), type: funcType })
  }
  const byTarget = indexTargets(functions)
  const known = functions.map((f) => f.name)
  return {
    functions,
    names: [...exports].filter(([, t]) => t.kind === 'func' || t.kind === 'instance').map(([name]) => name),
    find(target) {
      const found = byTarget.get(target)
      if (found === undefined) throw errors.UNKNOWN_EXPORT({ name: target, known })
      return found
    },
  }
}

/** @throws {CONTRACT_MISMATCH} when an expected interface or function is not exported. */
export function checkExpectations(contract: Contract, expects: readonly string[], plugin: string): void {
  for (const missing of expects) {
    const isFunction = contract.functions.some((f) => f.name === missing || targetsOf(f).includes(missing))
    if (!isFunction && matchName(missing, contract.names) === undefined)
      throw errors.CONTRACT_MISMATCH({ plugin, missing, exports: contract.names })
  }
}

/** A function is found by its exact name, without the version, and in kebab or camel case. */
function indexTargets(functions: readonly ExportedFunction[]): ReadonlyMap<string, ExportedFunction> {
  const byTarget = new Map<string, ExportedFunction>()
  for (const entry of functions)
    for (const target of targetsOf(entry)) if (!byTarget.has(target)) byTarget.set(target, entry)
  // An exact name always wins over the versionless name of another interface.
  for (const entry of functions) byTarget.set(entry.name, entry)
  return byTarget
}

function targetsOf(entry: ExportedFunction): string[] {
  if (entry.instance === null) return [entry.name, entry.func]
  const kebab = entry.name.slice(entry.instance.length + 1)
  return [entry.instance, withoutVersion(entry.instance)].flatMap((i) => [
    `${i}#${kebab}`,
    `${i}#${entry.func}`,
  ])
}
