import type { PluginError } from '../errors/plugin-error.js'

const TRAPS = new Set([
  ...['GUEST_TRAP', 'ABI_TRAP', 'HOST_FUNCTION_FAILED', 'PLUGIN_EXITED'],
  ...['WORKER_CRASHED', 'PROCESS_CRASHED'],
])
const LIMITS = new Set([
  'DEADLINE_EXCEEDED',
  'OUT_OF_FUEL',
  'LIMIT_EXCEEDED',
  'MEMORY_EXHAUSTED',
  'STACK_EXHAUSTED',
  'OUTPUT_TOO_LARGE',
])

/** The event that a failed call is reported as, besides `call`; undefined for a mistake of the caller. */
export function faultKind({
  code,
  origin,
}: Pick<PluginError, 'code' | 'origin'>): 'trap' | 'limit' | undefined {
  if (TRAPS.has(code)) return 'trap'
  // A deadline that a function of the application used up.
  return LIMITS.has(code) && origin !== 'app' ? 'limit' : undefined
}

/** Whether a failure says something of the plugin: it ended an instance, and nothing of the application did. */
export function isOwnFault(error: Pick<PluginError, 'code' | 'origin'>): boolean {
  return faultKind(error) !== undefined && error.origin !== 'app'
}
