import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** Ranges that are not the public internet: this host, private and shared networks, documentation, multicast. */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Inside 2000::/3, outside of which nothing is public: tunnels that embed other addresses, benchmarks, documentation. */
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const closed = blockList([...CLOSED_V4, ...CLOSED_V6])
const global = blockList(['2000::/3'])
const loopback = blockList(['127.0.0.0/8', '::1/128'])

/** True for an address of the public internet. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 it is. */
export function isPublicAddress(address: string): boolean {
  const v4 = embeddedV4(address)
  if (v4 !== null) return !closed.check(v4, 'ipv4')
  return isIPv6(address) && global.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

export function isLoopbackAddress(address: string): boolean {
  const v4 = embeddedV4(address)
  return v4 === null ? isIPv6(address) && loopback.check(address, 'ipv6') : loopback.check(v4, 'ipv4')
}

/** A matcher of CIDR ranges and single addresses. */
export function addressMatcher(ranges: readonly string[]): (address: string) => boolean {
  const list = blockList(ranges)
  return (address) => {
    const v4 = embeddedV4(address)
    return v4 === null ? list.check(address, 'ipv6') : list.check(v4, 'ipv4')
  }
}

/** True for `10.0.0.0/8`, `fd00::/8`, `192.168.1.7`. */
export function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || address.includes('%')) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  return list
}

/** The IPv4 address that an address is or reaches: itself, `::ffff:a.b.c.d`, or `64:ff9b::a.b.c.d` (RFC 6052). */
function embeddedV4(address: string): string | null {
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return null
  const groups = expand(address)
  const high = groups
    .slice(0, 6)
    .map((g) => g.toString(16))
    .join(':')
  if (high !== '0:0:0:0:0:ffff' && high !== '64:ff9b:0:0:0:0') return null
  const [a = 0, b = 0] = groups.slice(6)
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}

/** The eight groups of an IPv6 address, through the URL parser's canonical form. */
function expand(address: string): number[] {
  const canonical = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((g) => Number.parseInt(g, 16))
}
