import type { ManifestRequests } from '@wasm-plugin/manifest'
import { GrantControl } from '../../src/grants/control.js'
import type { GrantSet } from '../../src/grants/grant-set.js'
import type { LiveGrants } from '../../src/grants/live-grants.js'
import { parseGrants as agree } from '../../src/grants/parse.js'
import { grantPorts } from '../../src/node/grant-ports.js'
import { makeScratch } from '../../src/node/scratch.js'

/** Grants as a host agrees on them, with the directories that it makes. */
export function parseGrants(input: unknown, requests?: ManifestRequests): GrantSet {
  return makeScratch(agree(input, requests, grantPorts))
}

export function grantControl(live: LiveGrants, onNarrowed: () => void = () => {}): GrantControl {
  return new GrantControl(live, { ports: grantPorts, asked: undefined, onNarrowed })
}
