import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { addressMatcher, isPublicAddress, isRange } from '../../src/grants/net/address.js'
import { isV4, parseIp } from '../../src/grants/net/ip.js'

const v4 = fc.ipV4()
/** Addresses of both families, those of IPv6 that have one of IPv4 in them, and those near the edges of ranges. */
const address = fc.oneof(
  v4,
  fc.ipV6(),
  v4.map((ip) => `::ffff:${ip}`),
  v4.map((ip) => `64:ff9b::${ip}`),
  fc.constantFrom(
    '::',
    '::1',
    '1::',
    '10.0.0.0',
    '10.255.255.255',
    '11.0.0.0',
    '2001:db8::1',
    'fe80::1%eth0',
  ),
)
const text = fc.oneof(
  address,
  fc.string({ maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.%[]/@ '), maxLength: 24 }),
  fc.constantFrom(
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.',
    '256.1.1.1',
    '1:2',
    ':::',
    '::1::',
    '::01.2.3.4',
    '[::1]',
    '1.2.3.4\n',
  ),
)
const range = fc.tuple(address, fc.nat(128)).map(([ip, bits]) => {
  const [plain = ''] = ip.split('%')
  return { plain, bits: isIPv4(plain) ? bits % 33 : bits }
})

describe('an address', () => {
  it('is one where Node says so', () => {
    fc.assert(
      fc.property(text, (ip) => {
        // Node takes any zone, of which nobody makes use.
        const [plain = '', ...zone] = ip.split('%')
        const isOne = isIPv4(ip) || isIPv6(zone.length === 0 ? ip : plain)
        expect([ip, isV4(ip), parseIp(ip) !== undefined]).toEqual([ip, isIPv4(ip), isOne])
      }),
    )
  })

  it('is in a range where Node says so, and one of NAT64 where its IPv4 is', () => {
    fc.assert(
      fc.property(range, address, ({ plain, bits }, ip) => {
        const list = new BlockList()
        list.addSubnet(plain, bits, isIPv4(plain) ? 'ipv4' : 'ipv6')
        const nat64 = ip.startsWith('64:ff9b::') ? ip.slice('64:ff9b::'.length) : ip
        const isIn = isIPv4(nat64) ? list.check(nat64, 'ipv4') : list.check(ip, 'ipv6')
        expect(addressMatcher([`${plain}/${bits}`])(ip)).toBe(isIn)
        expect(isRange(`${plain}/${bits}`)).toBe(true)
      }),
    )
  })

  it.each([
    ['1.1.1.1', true],
    ['::ffff:1.1.1.1', true],
    ['64:ff9b::1.1.1.1', true],
    ['2606:4700::1111', true],
    ['64:ff9b::10.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['2002:0a00:0001::', false],
    ['::1.1.1.1', false],
    ['fe80::1%eth0', false],
    ['', false],
  ])('%s is public: %s', (ip, expected) => expect(isPublicAddress(ip)).toBe(expected))
})
