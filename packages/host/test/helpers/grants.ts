import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { GrantSet } from '@wasm-plugin/wasi'
import { parseGrants as agree, GrantControl } from '@wasm-plugin/wasi'
import type { LiveGrants } from '@wasm-plugin/wasi/instance'
import { grantPorts, makeScratch } from '#internal'

/** Grants as a host agrees on them, with the directories that it makes. */
export function parseGrants(input: unknown, requests?: ManifestRequests): GrantSet {
  return makeScratch(agree(input, requests, grantPorts))
}

export function grantControl(live: LiveGrants, onNarrowed: () => void = () => {}): GrantControl {
  return new GrantControl(live, { ports: grantPorts, asked: undefined, check: () => {}, onNarrowed })
}
