import { BlockList, isIP } from 'node:net'
import type { HttpField } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'

/** Who sent a request, and for what address. */
export interface Origin {
  /** Address of the client. */
  readonly client: string
  readonly scheme: 'http' | 'https'
  /** Host and port that the client asked. */
  readonly authority: string | undefined
}

/** What proxies say of their clients, where they are trusted. */
export class Proxies {
  readonly #trusted = new BlockList()
  readonly #trustsSome: boolean

  /** @throws {GATEWAY_OPTIONS_INVALID} */
  constructor(trusted: readonly string[]) {
    this.#trustsSome = trusted.length > 0
    for (const [i, text] of trusted.entries()) {
      const [address = '', bits, ...more] = text.split('/')
      const version = isIP(address)
      const prefix = bits === undefined ? (version === 4 ? 32 : 128) : Number(bits)
      if (
        version === 0 ||
        more.length > 0 ||
        !/^\d+$/.test(bits ?? '0') ||
        prefix > (version === 4 ? 32 : 128)
      )
        throw errors.GATEWAY_OPTIONS_INVALID({
          path: `trustedProxies[${i}]`,
          reason: 'expected an address, or a range such as "10.0.0.0/8"',
        })
      this.#trusted.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
    }
  }

  /** `direct` is what the connection says. */
  originOf(direct: Origin, fields: readonly HttpField[]): Origin {
    if (!this.#trustsSome || !this.#isTrusted(direct.client)) return direct
    const proto = lastOf(fields, 'x-forwarded-proto')
    const host = lastOf(fields, 'x-forwarded-host')
    return {
      client: this.#clientOf(direct.client, fields),
      scheme: proto === 'http' || proto === 'https' ? proto : direct.scheme,
      authority: host !== undefined && /^[A-Za-z0-9._:[\]-]{1,300}$/.test(host) ? host : direct.authority,
    }
  }

  /** From the right, where our own proxies write, the first that is none of them. */
  #clientOf(direct: string, fields: readonly HttpField[]): string {
    let client = direct
    for (const address of listOf(fields, 'x-forwarded-for').toReversed()) {
      if (isIP(address) === 0) break
      client = address
      if (!this.#isTrusted(address)) break
    }
    return client
  }

  #isTrusted(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    const version = isIP(plain)
    return version !== 0 && this.#trusted.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** What others cannot begin with, so that most fields are no more than looked at. */
const MAY_SAY_ORIGIN = /^[fx]/i

/** Fields that say where a request comes from: the gateway writes them, and no client does. */
const SAYS_ORIGIN =
  /^(?:forwarded|x-forwarded-(?:for|host|proto|port|server|prefix)|x-real-ip|x-matched-route|x-path-match-.*)$/

export function withOrigin(
  fields: readonly HttpField[],
  { client, scheme, authority }: Origin,
  more: readonly HttpField[],
): HttpField[] {
  const all = fields.filter(([name]) => !MAY_SAY_ORIGIN.test(name) || !SAYS_ORIGIN.test(name.toLowerCase()))
  all.push(['x-forwarded-for', client], ['x-forwarded-proto', scheme])
  if (authority !== undefined) all.push(['x-forwarded-host', authority])
  all.push(...more)
  return all
}

function listOf(fields: readonly HttpField[], wanted: string): string[] {
  const values = fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
  return values
    .join(',')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

function lastOf(fields: readonly HttpField[], wanted: string): string | undefined {
  return listOf(fields, wanted).at(-1)
}
