import { rootCertificates } from 'node:tls'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { isLoopback } from './host.js'
import type { OciOptions } from './options.js'

/** What carries requests: connections that are kept, and proxies for all but this machine. */
export function dispatcherOf(options: OciOptions, connectMs: number): (url: URL) => Dispatcher {
  const { env = process.env, ca } = options
  const proxies = {
    httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
    httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  }
  const key = JSON.stringify([proxies, ca, connectMs])
  const pair = pairs.get(key) ?? makePair(proxies, ca, connectMs)
  pairs.set(key, pair)
  return (url) => (isLoopback(url.hostname) ? pair.direct : pair.outward)
}

interface Proxies {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

const pairs = new Map<string, { direct: Dispatcher; outward: Dispatcher }>()

function makePair(proxies: Proxies, ca: string | undefined, timeout: number) {
  const tls = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const direct = new Agent({ connect: { timeout, ...tls } })
  if (proxies.httpProxy === '' && proxies.httpsProxy === '') return { direct, outward: direct }
  const outward = new EnvHttpProxyAgent({
    ...proxies,
    connect: { timeout, ...tls },
    requestTls: { timeout, ...tls },
    proxyTls: { timeout, ...tls },
  })
  return { direct, outward }
}
