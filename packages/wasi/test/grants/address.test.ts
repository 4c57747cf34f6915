import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { addressMatcher, isPublicAddress } from '@wasm-plugin/wasi'
import { describe, expect, it } from 'vitest'
import { isRange, isV4, parseIp } from '#internal'
import { attack } from '../../../../test/attack.js'
import { fc } from '../../../../test/property.js'

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

  attack(
    'B65',
    "Gives a name the address of a cloud's own service for its machines, or of a range that is set aside",
    "no address of IANA's registries of special addresses is public, and none where a cloud has secrets for a machine",
    () => {
      for (const [first, last] of SPECIAL)
        for (const ip of [first, last]) expect([ip, isPublicAddress(ip)]).toEqual([ip, false])
      for (const ip of METADATA)
        for (const form of isIPv4(ip) ? [ip, `::ffff:${ip}`, `64:ff9b::${ip}`] : [ip])
          expect([form, isPublicAddress(form)]).toEqual([form, false])
    },
  )
})

/** The first and the last address of each row of IANA's registries of special addresses, and of multicast. */
const SPECIAL = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
  ['::', '::1'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const

/** Where clouds answer their machines: the link-local one of most, Alibaba, Azure, Oracle; AWS and Google by IPv6. */
const METADATA = [
  '169.254.169.254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]
