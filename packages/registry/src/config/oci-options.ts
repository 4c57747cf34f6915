import type { OciOptions } from '../oci/index.js'
import { credentialsFor } from './credentials-for.js'
import type { RegistryConfig } from './load-config.js'

/** How a registry is spoken to; its credentials are looked for when it asks. */
export function ociOptionsFor(registry: string, config: RegistryConfig): OciOptions {
  const { plainHttp, ca } = config.settings.get(registry) ?? {}
  return {
    ...config.transport,
    plainHttp,
    ca: [config.transport.ca, ca].filter((pem) => pem !== undefined).join('\n') || undefined,
    credentials: () => credentialsFor(registry, config),
  }
}
