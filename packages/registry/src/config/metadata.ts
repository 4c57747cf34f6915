import * as z from 'zod/mini'
import { transportErrors as errors } from '../errors/index.js'
import { checkRegistry, isLoopback } from '../oci/index.js'

/** What a registry says of itself in `.well-known/wasm-pkg/registry.json`, or a user says of it. */
export interface OciMetadata {
  /** The registry that really has the packages. */
  readonly registry: string
  /** Put before `namespace/name`, so it ends with `/` where that is meant. */
  readonly prefix: string
}

/**
 * @param from The registry that says it, or of which it is said.
 * @throws {REGISTRY_CONFIG_INVALID}
 */
export function readMetadata(document: unknown, from: string): OciMetadata {
  const fail = (reason: string) =>
    errors.REGISTRY_CONFIG_INVALID({ file: `what ${from} says of itself`, reason })
  const parsed = METADATA.safeParse(document)
  if (!parsed.success)
    throw fail(`${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`)
  const { preferredProtocol = 'oci', oci, ociRegistry, ociNamespacePrefix } = parsed.data
  if (preferredProtocol !== 'oci')
    throw fail(`its protocol is ${preferredProtocol}, and only oci is understood`)
  const registry = checkRegistry(oci?.registry ?? ociRegistry ?? from)
  const prefix = oci?.namespacePrefix ?? ociNamespacePrefix ?? ''
  if (!PREFIX.test(prefix)) throw fail('its namespacePrefix is no path')
  // A name out there must not lead to what listens on this machine.
  if (isLocal(registry) && !isLocal(from)) throw fail('it leads to this machine')
  return { registry, prefix }
}

function isLocal(registry: string): boolean {
  return isLoopback(new URL(`http://${registry}`).hostname)
}

const OCI = z.object({ registry: z.optional(z.string()), namespacePrefix: z.optional(z.string()) })
const METADATA = z.object({
  preferredProtocol: z.optional(z.string()),
  oci: z.optional(OCI),
  ociRegistry: z.optional(z.string()),
  ociNamespacePrefix: z.optional(z.string()),
})
const PREFIX = /^(?:[a-z0-9][a-z0-9._-]*\/)*[a-z0-9._-]{0,64}$/
