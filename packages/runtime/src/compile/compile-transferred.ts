import { compiledBy } from './compile-module.js'
import type { TransferredComponent } from './transferred.js'

/**
 * In a process that has what another one checked and left to be compiled: the same, to be revived.
 *
 * @throws {INVALID_CORE_MODULE}
 */
export async function compileTransferred(left: TransferredComponent): Promise<TransferredComponent> {
  const compiling = left.modules.map((module, index) =>
    module instanceof Uint8Array
      ? compiledBy(index, () => WebAssembly.compile(module as Uint8Array<ArrayBuffer>))
      : module,
  )
  return { ...left, modules: await Promise.all(compiling) }
}
