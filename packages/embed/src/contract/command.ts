import { ComponentError } from '@wasm-plugin/runtime/errors'
import { type Awaitable, chain, rescue } from '@wasm-plugin/wasi/gate'
import { errors } from '../errors/index.js'
import { PluginError } from '../errors/plugin-error.js'
import type { ExportPlace } from './callable-export.js'
import type { Contract, ExportedFunction } from './contract.js'

const known = new WeakMap<Contract, ExportedFunction | undefined>()

/** The function that runs a plugin which is a program. @throws {PROGRAM_MISSING} */
export function programOf(contract: Contract, plugin: string): ExportedFunction {
  if (!known.has(contract))
    known.set(
      contract,
      contract.functions.find(({ place, type }) => isCommand(place) && type.params.length === 0),
    )
  const found = known.get(contract)
  if (found === undefined) throw errors.PROGRAM_MISSING({ plugin })
  return found
}

/** Whether it is a program from its beginning to its end: what that leaves in its memory is not for the next run. */
export function isCommand([instance, func]: ExportPlace): boolean {
  return func === 'run' && instance !== null && instance.startsWith('wasi:cli/run@')
}

/** A program that exits with the status 0 ends as one does that returns: Go's never do. */
export function untilExit(run: () => unknown): () => unknown {
  return () =>
    rescue(run, (error) => {
      if (PluginError.is(error, 'PLUGIN_EXITED') && error.data.status === 0) return undefined
      throw error
    })
}

/** The exit code of a program: what it returns is a result, of which one is no. */
export function exitCodeOf(run: () => unknown): Awaitable<number> {
  return rescue(
    () => chain(run(), () => 0),
    (error) => {
      if (PluginError.is(error, 'PLUGIN_EXITED')) return Number(error.data.status) & 0xff
      if (ComponentError.is(error)) return 1
      throw error
    },
  )
}
