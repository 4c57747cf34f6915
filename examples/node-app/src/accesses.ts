import type { AccessEvent, Host } from '@wasm-plugin/host'

/** One kind of use of a capability, however often it happened. */
export interface Access {
  readonly plugin: string
  readonly capability: string
  readonly operation: string
  readonly target: string
}

/** Collects what plugins used and what they were denied, each once, in the order of the first time. */
export function watchAccesses(host: Host): { readonly allowed: Access[]; readonly denied: Access[] } {
  const seen = new Set<string>()
  const lists = { allowed: [] as Access[], denied: [] as Access[] }
  const collect = ({ decision, plugin, capability, operation, target }: AccessEvent) => {
    const key = JSON.stringify([decision, plugin, capability, operation, target])
    if (seen.has(key)) return
    seen.add(key)
    lists[decision].push({ plugin, capability, operation, target })
  }
  host.on('allowed', collect)
  host.on('denied', collect)
  return lists
}
