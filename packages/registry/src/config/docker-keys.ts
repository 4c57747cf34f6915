/** The names under which docker and its like keep what belongs to a registry. Each is compared as a whole. */
export function keysOf(registry: string): string[] {
  if (HUB.has(registry)) return [HUB_SERVER, 'docker.io', 'index.docker.io', 'registry-1.docker.io']
  const url = `https://${registry}`
  return [registry, url, `${url}/`, `${url}/v1/`, `${url}/v2/`]
}

/** The one that is used for what is stored, and that helpers are asked for. */
export function serverOf(registry: string): string {
  return HUB.has(registry) ? HUB_SERVER : registry
}

const HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])
const HUB_SERVER = 'https://index.docker.io/v1/'
