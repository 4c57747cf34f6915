import type { Contract, ExportedFunction } from './contract.js'
import { withoutVersion } from './names.js'

/**
 * The functions of a contract by interface, with and without its version. Null-prototype tables, so that an export
 * named `then` or `constructor` is an export and nothing else.
 */
export function exportTable(
  { functions }: Contract,
  bind: (func: ExportedFunction) => (...args: unknown[]) => unknown,
): object {
  const table: Record<string, unknown> = Object.create(null)
  for (const func of functions) {
    if (func.instance === null) {
      table[func.func] = bind(func)
      continue
    }
    table[func.instance] ??= Object.create(null)
    ;(table[func.instance] as Record<string, unknown>)[func.func] = bind(func)
    table[withoutVersion(func.instance)] ??= table[func.instance]
  }
  return table
}
