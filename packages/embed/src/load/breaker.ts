import type { ResolvedLoadOptions } from '../options/resolved.js'
import { Breaker } from '../restart/breaker.js'
import type { LoadContext } from './admit.js'

/** What suspends a plugin that keeps failing; undefined where nothing is to. */
export function breakerFor(
  plugin: string,
  { restart }: ResolvedLoadOptions,
  { emit, unload }: LoadContext,
): Breaker | undefined {
  if (restart === undefined) return undefined
  return new Breaker(restart, {
    onOpen(retryMs) {
      emit('suspended', { plugin, retryMs })
      if (restart.onExhausted === 'unload') unload(plugin)
    },
    onClosed: () => emit('resumed', { plugin }),
  })
}
