import { type NetRule, printNetPattern } from '@wasm-plugin/manifest/grammar'
import { type Capability, type InterfaceOffer, kept, opened } from '../capability.js'
import type { GivenNet } from '../given.js'
import type { NetAllow, NetGrant } from '../grant-set.js'
import { grantNet } from './agree.js'
import { narrowNet } from './narrow.js'
import { schema } from './schema.js'

const HOST = "Grant a host: `grants: { net: ['https://api.example.com'] }`."
const ADDRESS = "Grant an address: `grants: { net: ['tcp://db.example.com:5432'] }`."

/** Hosts: by HTTP, by sockets, by name. */
export const net: Capability<'net', typeof schema> = {
  schema,
  agree: (input = [], agreement) => ({ net: grantNet(input, agreement) }),
  narrow: (now, input) => ({ net: narrowNet(now.net, input) }),
  without: ({ net }, ids) => ({ net: { ...net, allow: kept(net.allow, ids) } }),
  numbered: ({ net }, rule) => ({ net: { ...net, allow: numberNet(net.allow, rule) } }),
  view: ({ net }) => givenNet(net),
  interfaces: {
    ...opened(['wasi:http/types', 'wasi:http/outgoing-handler'], any(['http', 'https'], HOST)),
    ...opened(
      ['wasi:sockets/instance-network', 'wasi:sockets/network', 'wasi:sockets/ip-name-lookup'],
      any(['tcp', 'udp', 'dns'], ADDRESS),
    ),
    ...opened(['wasi:sockets/tcp', 'wasi:sockets/tcp-create-socket'], any(['tcp'], ADDRESS)),
    ...opened(['wasi:sockets/udp', 'wasi:sockets/udp-create-socket'], any(['udp'], ADDRESS)),
  },
}

function any(schemes: readonly string[], fix: string): InterfaceOffer {
  return { fix, isGranted: ({ net }) => net.allow.some((rule) => schemes.includes(rule.scheme)) }
}

/** Parts of one pattern have one id; the first is the pattern itself. */
function numberNet(allow: readonly NetAllow[], rule: (text: string) => number): NetAllow[] {
  const ids = new Map<number, number>()
  return allow.map((part) => {
    const id = ids.get(part.id) ?? rule(`net ${printNetPattern(part)}`)
    ids.set(part.id, id)
    return { ...part, id }
  })
}

function givenNet({ allow, deny, privateAddresses, limits }: NetGrant): GivenNet {
  // Parts of one pattern have one id; the first is the pattern itself.
  const patterns = new Map<number, NetRule>()
  for (const rule of allow) if (!patterns.has(rule.id)) patterns.set(rule.id, rule)
  return {
    allow: [...patterns.values()].map(printNetPattern),
    deny: deny.map(printNetPattern),
    ...{ privateAddresses, limits },
  }
}
