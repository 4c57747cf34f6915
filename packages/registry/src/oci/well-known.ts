import { PluginError } from '@wasm-plugin/runtime/errors'
import { dispatcherOf } from './dispatcher.js'
import { isLoopback, originOf } from './host.js'
import { type OciOptions, TIMEOUTS } from './options.js'
import { Wire } from './wire.js'

/**
 * A JSON object below `/.well-known/` of a registry; `undefined` if there is none. Nobody is told who asks, no redirect is
 * followed, and over http it is read from this machine alone: whoever could change it would say where packages are.
 */
export async function readWellKnown(
  registry: string,
  name: string,
  options: OciOptions,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  const url = new URL(`/.well-known/${name}`, originOf(registry, options.plainHttp))
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return undefined
  const timeouts = { ...TIMEOUTS, answerMs: MAX_MS, idleMs: MAX_MS, ...options.timeouts }
  const wire = new Wire(registry, dispatcherOf(options, timeouts.connectMs), timeouts, signal)
  try {
    const answer = await wire.once({ method: 'GET', url, headers: { accept: 'application/json' } })
    if (answer.status === 200) return parse(await wire.bytes(answer, name, MAX_BYTES))
    await answer.drop()
    return undefined
  } catch (error) {
    // A registry need not have it. One that cannot be reached says so when it is asked for a package.
    if (PluginError.is(error)) return undefined
    throw error
  }
}

function parse(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

const MAX_BYTES = 64 << 10
const MAX_MS = 5_000
