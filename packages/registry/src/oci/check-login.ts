import { Client } from './client.js'
import type { OciOptions } from './options.js'

/** Whether a registry takes the credentials. @throws {REGISTRY_DENIED} */
export async function checkLogin(registry: string, options: OciOptions, signal?: AbortSignal): Promise<void> {
  const client = new Client(registry, '', options)
  const to = client.rootOf('/v2/')
  const answer = await client.send({ method: 'GET', to, scope: '', action: 'a log-in', ok: [200], signal })
  await answer.drop()
}
