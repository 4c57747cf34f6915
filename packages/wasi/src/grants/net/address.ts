import { type Ip, isV4, parseIp, reached, reachesV4 } from './ip.js'

/**
 * Ranges that are not the public internet: this host, private and shared networks, documentation, multicast, and whatever
 * else has a row in IANA's registry of special addresses, as of 2026, those that are routed for a service included.
 */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Inside 2000::/3, outside of which nothing is public: tunnels that embed other addresses, benchmarks, documentation. */
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']
/**
 * Addresses of public ranges where a cloud answers its machines alone, with what is secret to them. All others that clouds
 * use for this lie in ranges that are closed.
 */
const CLOUDS = [
  // Azure: WireServer.
  '168.63.129.16',
]

const isClosed = matcher([...CLOSED_V4, ...CLOSED_V6, ...CLOUDS])
const isGlobal = matcher(['2000::/3'])
const isLoopback = matcher(['127.0.0.0/8', '::1/128'])

/** True for an address of the public internet. IPv4 inside IPv6 (mapped, NAT64) is judged as the IPv4 it is. */
export function isPublicAddress(address: string): boolean {
  const ip = parseIp(address)
  return ip !== undefined && (reachesV4(ip) || isGlobal(ip)) && !isClosed(ip)
}

export function isLoopbackAddress(address: string): boolean {
  const ip = parseIp(address)
  return ip !== undefined && isLoopback(ip)
}

/** A matcher of CIDR ranges and single addresses. */
export function addressMatcher(ranges: readonly string[]): (address: string) => boolean {
  const matches = matcher(ranges)
  return (address) => {
    const ip = parseIp(address)
    return ip !== undefined && matches(ip)
  }
}

/** True for `10.0.0.0/8`, `fd00::/8`, `192.168.1.7`. */
export function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  if (parseIp(address) === undefined || rest.length > 0 || address.includes('%')) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isV4(address) ? 32 : 128))
}

function matcher(ranges: readonly string[]): (ip: Ip) => boolean {
  const prefixes = ranges.flatMap((range) => {
    const [address = '', bits] = range.split('/')
    const ip = parseIp(address)
    const size = isV4(address) ? 32 : 128
    const rest = BigInt(size - Number(bits ?? size))
    return ip === undefined ? [] : [{ rest, prefix: ip >> rest }]
  })
  return (ip) => prefixes.some(({ rest, prefix }) => reached(ip) >> rest === prefix)
}
