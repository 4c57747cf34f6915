import type { FuncType } from '@wasm-plugin/runtime'
import type { FunctionHandles } from './handles.js'

/** A function of the application. A method's first argument is its object. */
export interface HostFunction {
  /** `acme:site/log@0.1.0#log`, for messages. */
  readonly name: string
  readonly type: FuncType
  readonly call: (...args: unknown[]) => unknown
  /** Set when a resource goes in or out. */
  readonly handles: FunctionHandles | null
}

/** Functions of the application by the exact names that the component has for them: interface, then function. */
export type HostFunctions = ReadonlyMap<string | null, ReadonlyMap<string, HostFunction>>

/** Those that pass no handles, in one order. */
export function withoutHandles(functions: HostFunctions): { place: HostFunctionPlace; func: HostFunction }[] {
  const found = []
  for (const [instance, table] of functions)
    for (const [name, func] of table)
      if (func.handles === null) found.push({ place: [instance, name] as const, func })
  return found
}

/** The interface, null for a function of the world itself, and the function, by the exact names of the component. */
export type HostFunctionPlace = readonly [instance: string | null, func: string]
