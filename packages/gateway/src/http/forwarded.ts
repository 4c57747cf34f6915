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
  /** Whether a proxy that is trusted brought it. */
  readonly isProxied?: boolean
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
      isProxied: true,
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
const MAY_SAY_ORIGIN = /^[cfrstx]/i

/** Fields that say where a request comes from, or what its route is: the gateway writes them, and no client does. */
const SAYS_ORIGIN =
  /^(?:forwarded|x-forwarded(?:-.*)?|x-real-ip|x-matched-route|x-path-match-.*|x-(?:full-url|base-path|client-addr|component-route|raw-.*)|spin-.*)$/

/** What others than the gateway write who stand in front of plugins: who asks, and what was asked before it was rewritten. */
const SAID_BY_PROXIES =
  /^(?:(?:x-|true-|x-cluster-|fastly-)?client-ip|cf-connecting-ip|front-end-https|x-(?:url-)?scheme|x-(?:original|rewrite)-.*|(?:x-)?remote-.*|(?:x-)?ssl-.*)$/

/** Fields with what a plugin is told of the client, and of its route. */
export function withOrigin(
  fields: readonly HttpField[],
  origin: Origin,
  more: readonly HttpField[],
): HttpField[] {
  const { client, scheme, authority } = origin
  const all = withoutClaims(fields, origin)
  all.push(['x-forwarded-for', client], ['x-forwarded-proto', scheme])
  if (authority !== undefined) all.push(['x-forwarded-host', authority])
  all.push(...more)
  return all
}

/** Fields without those that only the gateway writes, or a proxy that is trusted. */
export function withoutClaims(
  fields: readonly HttpField[],
  { isProxied = false }: Pick<Origin, 'isProxied'>,
): HttpField[] {
  return fields.filter(([name]) => {
    if (!MAY_SAY_ORIGIN.test(name)) return true
    const key = name.toLowerCase()
    return !SAYS_ORIGIN.test(key) && (isProxied || !SAID_BY_PROXIES.test(key))
  })
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
