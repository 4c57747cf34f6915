/** 128 bits; IPv4 as the IPv6 address that it is mapped to (RFC 4291). */
export type Ip = bigint

/** `::ffff:0:0/96` without its last 32 bits, and the same of `64:ff9b::/96` (RFC 6052), which reaches IPv4 too. */
const MAPPED = 0xffffn
const NAT64 = 0x64ff9b0000000000000000n

const BYTE = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const V4 = new RegExp(`^${BYTE}(\\.${BYTE}){3}$`)

/** The address, of IPv6 without its zone (`%eth0`); `undefined` for any other text. */
export function parseIp(text: string): Ip | undefined {
  if (isV4(text))
    return (MAPPED << 32n) | BigInt(text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0))
  return groupsOf(text)?.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)
}

export function isV4(text: string): boolean {
  return V4.test(text)
}

/** The eight groups of an IPv6 address, through the URL parser's canonical form. */
export function groupsOf(text: string): number[] | undefined {
  const [address = ''] = text.split('%')
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return undefined
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((group) => Number.parseInt(group, 16))
}

/** The address that is reached: of a NAT64 address the IPv4 that is in it. */
export function reached(ip: Ip): Ip {
  return ip >> 32n === NAT64 ? (MAPPED << 32n) | (ip & 0xffff_ffffn) : ip
}

export function reachesV4(ip: Ip): boolean {
  return reached(ip) >> 32n === MAPPED
}
