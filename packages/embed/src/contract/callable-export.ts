import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { parseFunctionName } from '@wasm-plugin/runtime/internal'
import { type FunctionHandles, functionHandles } from './handles.js'

/** Where a function is among the exports of a component; both names are exact. */
export type ExportPlace = readonly [instance: string | null, func: string]

/** What it takes to call a function of an instance. */
export interface CallableExport {
  readonly place: ExportPlace
  /** Exact export name of the instance, or null for a function of the world itself. */
  readonly instance: string | null
  /** Those of a resource are `[constructor]counter`, `[method]counter.next` and `[static]counter.all` in names. */
  readonly kind: 'plain' | 'constructor' | 'method' | 'static'
  /** Kebab-case name of the resource that it belongs to. */
  readonly resource: string | null
  /** As in JavaScript, see `memberName` of the runtime; empty for a constructor. */
  readonly func: string
  readonly type: FuncType
  /** Set when a resource goes in or out. */
  readonly handles: FunctionHandles | null
}

export function callableExport(place: ExportPlace, type: FuncType): CallableExport {
  const [instance, name] = place
  return { place, instance, ...spelled(name), type, handles: functionHandles(type) }
}

/** The same for a place that a contract of the component has. */
export function exportAt(exports: ReadonlyMap<string, ExternType>, place: ExportPlace): CallableExport {
  const [instance, func] = place
  const found = instance === null ? undefined : exports.get(instance)
  const type = (found?.kind === 'instance' ? found.exports : exports).get(func)
  if (type?.kind !== 'func') throw new TypeError(`the component exports no function ${func}`)
  return callableExport(place, type)
}

function spelled(name: string): Pick<CallableExport, 'kind' | 'resource' | 'func'> {
  const parsed = parseFunctionName(name)
  if (parsed.kind === 'plain') return { kind: 'plain', resource: null, func: parsed.member }
  return {
    kind: parsed.kind,
    resource: parsed.resource,
    func: parsed.kind === 'constructor' ? '' : parsed.member,
  }
}
