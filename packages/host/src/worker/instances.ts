import type { Instance } from '@wasm-plugin/runtime'
import { contractOf } from '../contract/contract.js'
import { exportTarget } from '../contract/export-target.js'
import { resourceOrigins } from '../contract/origin.js'
import { revive } from '../engine/runnable.js'
import { withLastWords } from '../errors/last-words.js'
import { decodeError } from '../errors/wire-error.js'
import { atOnce } from '../turn.js'
import type { FromWorker, ToWorker, WorkerInit } from '../wire/messages.js'
import { createAsk } from '../wire/sync-channel.js'
import { createImports, type InstanceImports } from './imports.js'
import type { Ask } from './remote.js'
import { InstanceResources } from './resources.js'

export interface Instances {
  /** Instantiates; throws what keeps the plugin from starting. */
  start(): void
  serve(message: ToWorker): unknown
}

/**
 * The plugin's current instance. A fault poisons an instance for ever, so the next call makes a new one with new
 * imports: nothing of the faulty one, no handle and no open file, is carried over.
 */
export function createInstances(init: WorkerInit, post: (message: FromWorker) => void): Instances {
  const component = revive(init.component, init.limits)
  const fromApp = new Set(init.imports.filter(({ from }) => from === 'app').map(({ name }) => name))
  const origins = resourceOrigins(component, (name) => fromApp.has(name))
  const contract = atOnce(contractOf(component.exports, origins))
  const resources = new InstanceResources(origins, init.limits.handles)
  let current: (Omit<InstanceImports, 'imports'> & { instance: Instance }) | undefined

  const outcomeOf = createAsk(init.channel)
  const ask: Ask = (request) => {
    const outcome = outcomeOf(request)
    if (outcome.ok) return outcome.value
    throw decodeError(outcome.error)
  }

  const retire = () => {
    current?.dispose()
    current = undefined
  }
  const fresh = () => {
    const { imports, ...rest } = createImports(component.imports, { init, ask, resources, post })
    try {
      current = { instance: component.instantiate(imports), ...rest }
    } catch (error) {
      throw withLastWords(error, rest.lastWords)
    }
    return current.instance
  }

  const call = (instance: Instance, { func: name, args }: Extract<ToWorker, { type: 'call' }>): unknown => {
    const func = contract.find(name)
    const target = exportTarget(instance.exports, func)
    const { handles } = func
    if (handles === null) return target(...args)
    try {
      return handles.result(target(...handles.args(args, resources.toPlugin)), resources.toApp)
    } catch (error) {
      throw handles.error(error, resources.toApp)
    }
  }

  return {
    start: () => void fresh(),
    serve(message) {
      // With the instance, its resources have gone too.
      if (message.type === 'drop' && current === undefined) return undefined
      const instance = current?.instance ?? fresh()
      if (message.fuel !== undefined) instance.fuel?.refill(message.fuel)
      try {
        return message.type === 'call' ? call(instance, message) : resources.drop(message.resource)
      } catch (error) {
        throw withLastWords(error, () => current?.lastWords() ?? [])
      } finally {
        current?.endCall()
        if (instance.poisoned) retire()
      }
    },
  }
}
