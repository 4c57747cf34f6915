import type { Host } from '@wasm-plugin/host'
import { errors } from './errors/index.js'

export interface InspectorOptions {
  /** Of this machine's loopback address. @default any that is free */
  port?: number
  /** Whether the page shows and changes nothing: every lever is refused by the server. @default false */
  readOnly?: boolean
  /** Events that one page is sent in a second, at most; of the rest it is told how many there were. @default 250 */
  eventsPerSecond?: number
}

/** @throws {INSPECTOR_OPTIONS_INVALID} */
export function checkOptions(options: InspectorOptions): Required<InspectorOptions> {
  if (typeof options !== 'object' || options === null)
    throw errors.INSPECTOR_OPTIONS_INVALID({ path: 'options', reason: 'expected an object' })
  const { port = 0, readOnly = false, eventsPerSecond = 250, ...others } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw errors.INSPECTOR_OPTIONS_INVALID({ path: unknown, reason: 'there is no such option' })
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw errors.INSPECTOR_OPTIONS_INVALID({ path: 'port', reason: 'expected a number from 0 to 65535' })
  if (typeof readOnly !== 'boolean')
    throw errors.INSPECTOR_OPTIONS_INVALID({ path: 'readOnly', reason: 'expected true or false' })
  if (!Number.isInteger(eventsPerSecond) || eventsPerSecond < 10 || eventsPerSecond > 10_000)
    throw errors.INSPECTOR_OPTIONS_INVALID({
      path: 'eventsPerSecond',
      reason: 'expected a number from 10 to 10000',
    })
  return { port, readOnly, eventsPerSecond }
}

/** A promise of one is what is given most often. @throws {INSPECTOR_OPTIONS_INVALID} */
export function checkHost(host: Host): void {
  const { plugins, on } = (host ?? {}) as Partial<Host>
  if (typeof plugins === 'object' && typeof on === 'function') return
  throw errors.INSPECTOR_OPTIONS_INVALID({ path: 'host', reason: 'expected what `await createHost()` gives' })
}
