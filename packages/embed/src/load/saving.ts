import { errors as runtimeErrors } from '@wasm-plugin/runtime/errors'
import { named } from '../errors/named.js'
import { PluginError } from '../errors/plugin-error.js'
import type { Saving } from '../pool/leaving.js'
import type { LoadContext } from './admit.js'

/** How the state of instances is kept, and told of. */
export function savingOf(plugin: string, maxBytes: number, host: LoadContext): Saving {
  return {
    ...{ maxBytes, nextId: host.nextCall },
    report({ error, ...outcome }) {
      const why = error === undefined ? {} : { error: coded(error, plugin) }
      host.emit('snapshot', { plugin, ...outcome, ...why })
    },
  }
}

function coded(error: Error, plugin: string): PluginError {
  const known = PluginError.is(error)
    ? error
    : runtimeErrors.SNAPSHOT_UNUSABLE({ reason: 'the instance could not be made' }, error)
  return named(known, plugin) as PluginError
}
