import type { Manifest, ManifestRequests } from '@wasm-plugin/manifest'

/** One thing that a plugin asks for in its manifest. */
export interface Request {
  readonly capability: 'fs' | 'net' | 'env'
  /** `/data (read)`, `GET https://api.example.com`, `LANG` */
  readonly what: string
  /** Why, in the author's words. */
  readonly reason: string
}

/** What the manifest asks for, one row each. */
export function requestsOf(manifest: Manifest | undefined): Request[] {
  return listRequests(manifest?.capabilities ?? {})
}

/** The same for requests that need not be those of a whole manifest. */
export function listRequests({ fs = [], net = [], env = [] }: ManifestRequests): Request[] {
  return [
    ...fs.map(({ at, access, reason }) => ({
      capability: 'fs' as const,
      what: `${quoted(at)} (${access})`,
      reason,
    })),
    ...net.map(({ allow, reason }) => ({ capability: 'net' as const, what: allow, reason })),
    ...env.map(({ key, reason }) => ({ capability: 'env' as const, what: key, reason })),
  ]
}

/** A path with spaces would look like more than a path. */
const quoted = (at: string) => (/^[^\s"']+$/.test(at) ? at : JSON.stringify(at))

/** Interfaces through which each capability is used. */
export const capabilityImports: Readonly<Record<Request['capability'], RegExp>> = {
  fs: /^wasi:filesystem\//,
  net: /^wasi:(?:http\/outgoing-handler|sockets\/)/,
  env: /^wasi:cli\/environment\b/,
}
