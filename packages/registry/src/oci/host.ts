import { transportErrors as errors } from '../errors/index.js'

/**
 * The origin at which a registry is: `https://ghcr.io`. What is named is part of an address, so it is a host with a port
 * or without one and nothing else.
 *
 * @throws {REGISTRY_NAME_INVALID}
 */
export function originOf(registry: string, plainHttp?: boolean): URL {
  checkRegistry(registry)
  const { hostname } = new URL(`http://${registry}`)
  const isPlain = plainHttp ?? isLoopback(hostname)
  return new URL(`${isPlain ? 'http' : 'https'}://${HOSTS.get(registry) ?? registry}`)
}

/** @throws {REGISTRY_NAME_INVALID} */
export function checkRegistry(registry: string): string {
  if (registry.length > MAX_NAME || !HOST.test(registry) || !URL.canParse(`http://${registry}`))
    throw errors.REGISTRY_NAME_INVALID({ what: 'name of a registry', text: registry.replace(USER, '') })
  return registry
}

/** Whether a host name is this machine, as `URL` writes it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

const MAX_NAME = 255
/** Addresses may have a password. */
const USER = /(?<=^|\/\/)[^/]*@/
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/
/** Docker's registry is not where its name says. */
const HOSTS = new Map([
  ['docker.io', 'registry-1.docker.io'],
  ['index.docker.io', 'registry-1.docker.io'],
])
