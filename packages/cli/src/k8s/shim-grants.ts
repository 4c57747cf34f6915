import { type NetRule, parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import type { Review } from '@wasm-plugin/registry'

type Asks = Review['asks']

/** Of a pod, and the variable that its container has it in. */
export const GRANTS_ANNOTATION = 'wasm-plugin.dev/grants'
export const GRANTS_VARIABLE = 'WASM_PLUGIN_GRANTS'

export interface ShimGrants {
  /** As the annotation has them. */
  readonly text: string
  /** What of the network is not kept. */
  readonly left: readonly string[]
}

/**
 * What the shim of `deploy/shim` keeps of what a plugin asks for, and what of the network it does not: paths of requests, sockets
 * and names. That is not granted.
 *
 * @param env variables that the container has
 * @param fs places of the volumes
 */
export function shimGrantsOf(
  { net }: Asks,
  { env, fs }: { env: readonly string[]; fs: readonly { at: string; readOnly: boolean }[] },
): ShimGrants {
  const rules = net.map(({ allow }) => parseNetPattern(allow))
  const grants = {
    env,
    fs: fs.map(({ at, readOnly }) => ({ at, access: readOnly ? 'read' : 'read-write' })),
    net: rules.filter(isKept).map(printNetPattern),
  }
  return { text: JSON.stringify(grants), left: rules.filter((rule) => !isKept(rule)).map(printNetPattern) }
}

function isKept({ scheme, path }: NetRule): boolean {
  return (scheme === 'http' || scheme === 'https') && path === null
}
