import { onAbort } from '@wasm-plugin/embed'
import { builtIn } from '../../node/built-in.js'
import type { Address } from './resolve.js'

/** For each name server; the second attempt waits twice as long. */
const PATIENCE = { timeout: 2_000, tries: 2 }

/** Those of the system, when it was first asked. */
let ofSystem: string | undefined

/**
 * Asks the name servers for all addresses of a name. With a resolver for each lookup, since that can be given up, and since
 * it reads anew which servers there are; those that the application has set go first.
 */
export async function askNameServers(host: string, signal: AbortSignal): Promise<readonly Address[]> {
  signal.throwIfAborted()
  const { dns } = builtIn
  const resolver = new dns.promises.Resolver(PATIENCE)
  ofSystem ??= resolver.getServers().join()
  // Not taken out of the module: setting others puts another function in its place.
  const own = dns.getServers()
  if (own.join() !== ofSystem) resolver.setServers(own)
  const off = onAbort(signal, () => resolver.cancel())
  try {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = [...addresses(v4, 4), ...addresses(v6, 6)]
    if (found.length === 0 && v4.status === 'rejected') throw v4.reason
    return found
  } finally {
    off()
  }
}

function addresses(answer: PromiseSettledResult<string[]>, family: 4 | 6): Address[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : []
}
