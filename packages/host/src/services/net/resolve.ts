import { addressMatcher, isLoopbackAddress, isPublicAddress } from '@wasm-plugin/wasi'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a name; `signal` tells that nobody waits for them any more. */
export type Lookup = (host: string, signal: AbortSignal) => Promise<readonly Address[]>

export interface Resolved {
  /** Those that may be connected to. */
  readonly open: readonly Address[]
  /** Those that may not, because they are not on the public internet and nobody named them. */
  readonly closed: readonly Address[]
}

/**
 * Resolves the host of an allowed target, once: the connection goes to an address of the answer and the name is not
 * looked up again, so it cannot change its meaning between the check and the use. An address that is written out in
 * the grant is open because it is named there, and so is the loopback interface under the name `localhost`.
 */
export async function resolveHost(
  host: string,
  privateAddresses: readonly string[],
  lookup: (host: string) => ReturnType<Lookup>,
): Promise<Resolved> {
  const literal = literalAddress(host)
  if (literal !== null) return { open: [literal], closed: [] }
  const isNamedRange = addressMatcher(privateAddresses)
  const isOpen = ({ address }: Address) =>
    isPublicAddress(address) || (host === 'localhost' && isLoopbackAddress(address)) || isNamedRange(address)
  const found = await lookup(host)
  return { open: found.filter(isOpen), closed: found.filter((address) => !isOpen(address)) }
}

/** `host` is canonical, so an address has one spelling. */
function literalAddress(host: string): Address | null {
  if (host.startsWith('[')) return { address: host.slice(1, -1), family: 6 }
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? { address: host, family: 4 } : null
}
