import type { ClientRequest } from 'node:http'
import type { TcpNetConnectOpts } from 'node:net'
import type { FieldList, WebTarget } from '@wasm-plugin/wasi'
import { builtIn } from '../../node/built-in.js'
import { setHeaders } from './http-message.js'
import type { Address } from './resolve.js'
import { SlicedSocket, type Slicing } from './sliced-socket.js'

export interface SendOptions {
  readonly headers: FieldList
  /** Bytes of headers that the response may have. */
  readonly headerBytes: number
  /** The only addresses that are connected to. */
  readonly addresses: readonly Address[]
  readonly slicing: Slicing
}

/** Starts a request on a connection of its own. */
export function sendRequest(web: WebTarget, options: SendOptions): ClientRequest {
  const { target } = web
  const secure = target.scheme === 'https'
  const request = (secure ? builtIn.https : builtIn.http).request({
    host: hostOf(web),
    port: target.port,
    method: target.method,
    path: web.wirePath,
    // No pool: a connection is never shared with another plugin, nor found again by this one.
    createConnection: () => openConnection(web, options),
    setHost: false,
    maxHeaderSize: options.headerBytes,
    insecureHTTPParser: false,
  })
  setHeaders(request, web, options.headers)
  return request
}

function openConnection(web: WebTarget, { addresses, slicing }: SendOptions): SlicedSocket {
  const host = hostOf(web)
  const to: TcpNetConnectOpts = {
    host,
    port: web.target.port,
    noDelay: true,
    lookup: (_name, options, callback) => {
      const first = addresses[0]
      if (options.all === true || first === undefined) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    },
  }
  if (web.target.scheme !== 'https') return new SlicedSocket(builtIn.net.connect(to), slicing)
  const servername = isName(host) ? host : ''
  const socket = builtIn.tls.connect({
    ...to,
    rejectUnauthorized: true,
    servername,
    ALPNProtocols: ['http/1.1'],
  })
  return new SlicedSocket(socket, slicing)
}

function hostOf({ target }: WebTarget): string {
  return target.host.replace(/^\[|\]$/g, '')
}

function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host)
}
