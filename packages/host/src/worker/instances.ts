import { type Running, revive } from '../engine/index.js'
import type { FromWorker, ToWorker, WorkerInit } from '../wire/messages.js'
import { createImports } from './imports.js'

export interface Instances {
  /** Instantiates; throws what keeps the plugin from starting. */
  start(): void
  call(message: ToWorker): unknown
}

type Exported = (...args: readonly unknown[]) => unknown

/**
 * The plugin's current instance. A fault poisons an instance for ever, so the next call makes a new one with new
 * imports: nothing of the faulty one, no handle and no open file, is carried over.
 */
export async function createInstances(
  init: WorkerInit,
  post: (message: FromWorker) => void,
): Promise<Instances> {
  const component = await revive(init.engine, init.component, init.limits)
  let current: { instance: Running; endCall: () => void; dispose: () => void } | undefined

  const drop = () => {
    current?.dispose()
    current = undefined
  }
  const fresh = () => {
    drop()
    const { imports, endCall, dispose } = createImports(component.imports, init, post)
    current = { instance: component.instantiate(imports), endCall, dispose }
    return current.instance
  }

  return {
    start: () => void fresh(),
    call({ instance: name, func, args, fuel }) {
      const instance = current?.instance ?? fresh()
      if (fuel !== undefined) instance.fuel?.refill(fuel)
      const target = name === null ? instance.exports : (instance.exports[name] as Record<string, unknown>)
      try {
        return (target[func] as Exported)(...args)
      } finally {
        current?.endCall()
        if (instance.poisoned) drop()
      }
    },
  }
}
