import { groupsOf, isV4 } from '../../grants/net/ip.js'
import type { Endpoint } from '../../protocol/sockets.js'

export type IpAddress =
  | { tag: 'ipv4'; val: [number, number, number, number] }
  | { tag: 'ipv6'; val: [number, number, number, number, number, number, number, number] }

export type IpSocketAddress =
  | { tag: 'ipv4'; val: { port: number; address: [number, number, number, number] } }
  | {
      tag: 'ipv6'
      val: {
        port: number
        flowInfo: number
        address: Extract<IpAddress, { tag: 'ipv6' }>['val']
        scopeId: number
      }
    }

/** An address of WIT as text, in canonical form. */
export function toEndpoint({ tag, val }: IpSocketAddress): Endpoint {
  if (tag === 'ipv4') return { address: val.address.join('.'), port: val.port }
  const groups = val.address.map((group) => group.toString(16)).join(':')
  return { address: canonicalV6(groups), port: val.port }
}

export function fromEndpoint({ address, port }: Endpoint): IpSocketAddress {
  const ip = fromText(address)
  if (ip.tag === 'ipv4') return { tag: 'ipv4', val: { port, address: ip.val } }
  return { tag: 'ipv6', val: { port, flowInfo: 0, address: ip.val, scopeId: 0 } }
}

/** `address` is one. */
export function fromText(address: string): IpAddress {
  if (isV4(address)) return { tag: 'ipv4', val: address.split('.').map(Number) as never }
  return { tag: 'ipv6', val: groupsOf(address) as never }
}

/** The one spelling of an IPv6 address that both threads use. */
function canonicalV6(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1)
}
