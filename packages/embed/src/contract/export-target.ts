import { pascalCase } from '@wasm-plugin/runtime/internal'
import type { CallableExport } from './callable-export.js'
import { isCommand, untilExit } from './command.js'

type Call = (...args: unknown[]) => unknown
type Table = Record<string, unknown>

/** The function of a running instance. A method's first argument is its object; the names were checked by the runtime. */
export function exportTarget(exports: Readonly<Table>, func: CallableExport): Call {
  const table = func.instance === null ? exports : (exports[func.instance] as Table)
  const call = table[func.func] as Call
  if (isCommand(func.place)) return untilExit(call)
  if (func.resource === null) return call
  const Class = table[pascalCase(func.resource)] as { new (...args: unknown[]): unknown } & Table
  switch (func.kind) {
    case 'constructor':
      return (...args) => new Class(...args)
    case 'static':
      return (...args) => (Class[func.func] as Call)(...args)
    default:
      return (self, ...args) => (self as Record<string, Call>)[func.func]?.(...args)
  }
}
