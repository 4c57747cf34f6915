import type { ManifestRequests } from '@wasm-plugin/manifest'
import { parseGrants as agree, type GrantSet } from '@wasm-plugin/wasi'
import { openInstance, rootsOf } from './instance.js'
import { ports } from './ports.js'

export function parseGrants(input: unknown, requests?: ManifestRequests): GrantSet {
  return agree(input, requests, ports)
}

export function openWasi(input: unknown, requests?: ManifestRequests, maxWaitMs?: number) {
  return openInstance(parseGrants(input, requests), {
    ports,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  })
}

/** A read-write grant of files in memory at `/g`, and its root. */
export function openMemoryGrant(files: Record<string, string | Uint8Array> = {}, limits: object = {}) {
  const instance = openWasi({ fs: [{ memory: files, at: '/g', access: 'read-write', ...limits }] })
  const root = rootsOf(instance).get('/g')
  if (root === undefined) throw new Error('the plugin has no directory')
  return { ...instance, root }
}
