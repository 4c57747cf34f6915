import type { ExternType, FuncType, PluginError } from '@wasm-plugin/runtime'
import { failures } from '../errors/index.js'
import { formatJson } from '../values/format.js'
import { camelCase } from '../values/names.js'
import { toJsonValue } from '../values/to-json.js'

type HostFunction = (...args: unknown[]) => undefined

export interface StandIns {
  /** For `imports` of the host. */
  readonly imports: Record<string, HostFunction | Record<string, HostFunction>>
  /** Set once the plugin has called a function that nothing here can answer. */
  readonly unanswered: () => PluginError | undefined
}

/**
 * Stands in for the application: a function without a result is shown when it is called, any other ends the call.
 * WASI is not among them; it has its grants.
 */
export function standIns(imports: ReadonlyMap<string, ExternType>, show: (line: string) => void): StandIns {
  let unanswered: PluginError | undefined
  const standIn = (name: string, type: FuncType): HostFunction => {
    return (...args) => {
      const values = type.params.map((param, index) => formatJson(toJsonValue(param.type, args[index])))
      if (type.result === null) {
        show(`${name}(${values.join(', ')})`)
        return undefined
      }
      unanswered = failures.IMPORT_STUBBED({ function: name })
      throw unanswered
    }
  }
  const table: StandIns['imports'] = Object.create(null)
  for (const [name, item] of imports) {
    if (name.startsWith('wasi:')) continue
    if (item.kind === 'func') table[name] = standIn(name, item)
    // An interface with resources of the application cannot be stood in for; the host says so.
    if (item.kind !== 'instance' || hasResources(item.exports)) continue
    const functions: Record<string, HostFunction> = Object.create(null)
    for (const [inner, type] of item.exports) {
      if (type.kind === 'func') functions[camelCase(inner)] = standIn(`${name}#${inner}`, type)
    }
    table[name] = functions
  }
  return { imports: table, unanswered: () => unanswered }
}

const hasResources = (items: ReadonlyMap<string, ExternType>) =>
  [...items.values()].some((item) => item.kind === 'type' && item.bound === 'sub')
