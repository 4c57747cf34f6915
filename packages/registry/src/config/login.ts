import { checkLogin, checkRegistry } from '../oci/index.js'
import { readDockerConfig, updateAuths } from './docker-config.js'
import { keysOf, serverOf } from './docker-keys.js'
import { clearHelper, tellHelper } from './helper.js'
import type { RegistryConfig } from './load-config.js'
import { ociOptionsFor } from './oci-options.js'
import { userFiles } from './places.js'

/**
 * Keeps a user name and a password for a registry, where docker and its like find them as well, once the registry has taken
 * them.
 *
 * @throws {REGISTRY_DENIED}
 */
export async function login(
  registry: string,
  { username, password }: { readonly username: string; readonly password: string },
  config: RegistryConfig,
  signal?: AbortSignal,
): Promise<void> {
  checkRegistry(registry)
  const credentials = { kind: 'password' as const, username, password }
  await checkLogin(registry, { ...ociOptionsFor(registry, config), credentials }, signal)
  const { file, helper, env } = await placeOf(registry, config)
  if (helper !== undefined) return await tellHelper(helper, serverOf(registry), { username, password }, env)
  const auth = Buffer.from(`${username}:${password}`).toString('base64')
  await updateAuths(file, (auths) => ({ ...without(auths, registry), [serverOf(registry)]: { auth } }))
}

/** Forgets what is kept for a registry. */
export async function logout(registry: string, config: RegistryConfig): Promise<void> {
  checkRegistry(registry)
  const { file, helper, env } = await placeOf(registry, config)
  if (helper !== undefined) await clearHelper(helper, serverOf(registry), env)
  await updateAuths(file, (auths) => without(auths, registry))
}

async function placeOf(registry: string, { machine }: RegistryConfig) {
  const file = userFiles(machine).docker
  const { helpers, store } = await readDockerConfig(file)
  const helper = keysOf(registry)
    .map((key) => helpers.get(key))
    .find((name) => name !== undefined)
  return { file, helper: helper ?? store, env: machine.env ?? process.env }
}

function without(auths: Record<string, unknown>, registry: string): Record<string, unknown> {
  const keys = new Set(keysOf(registry))
  return Object.fromEntries(Object.entries(auths).filter(([key]) => !keys.has(key)))
}
