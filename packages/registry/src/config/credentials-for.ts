import type { Credentials } from '../oci/index.js'
import { readDockerConfig } from './docker-config.js'
import { keysOf, serverOf } from './docker-keys.js'
import { askHelper } from './helper.js'
import type { RegistryConfig } from './load-config.js'
import { userFiles } from './places.js'

/**
 * What the user is known by at a registry of exactly this name: a token of the environment, wkg's configuration, docker's.
 *
 * @throws {REGISTRY_CONFIG_INVALID} and {CREDENTIAL_HELPER_FAILED}
 */
export async function credentialsFor(
  registry: string,
  { settings, machine }: Pick<RegistryConfig, 'settings' | 'machine'>,
): Promise<Credentials | undefined> {
  const { env = process.env } = machine
  const token = env[`WKG_REGISTRY_${registry.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}_AUTH_BEARER`]
  if (token) return { kind: 'bearer', token }
  const own = settings.get(registry)?.credentials
  if (own !== undefined) return own
  const docker = await readDockerConfig(userFiles(machine).docker)
  const helper = keysOf(registry)
    .map((key) => docker.helpers.get(key))
    .find((name) => name !== undefined)
  const name = helper ?? docker.store
  const kept = name === undefined ? undefined : await askHelper(name, serverOf(registry), env)
  return (
    kept ??
    keysOf(registry)
      .map((key) => docker.auths.get(key))
      .find((one) => one !== undefined)
  )
}
