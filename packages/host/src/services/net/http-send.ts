import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { FieldList, WebTarget } from '@wasm-plugin/wasi'
import { setHeaders } from './http-message.js'
import type { Address } from './resolve.js'

export interface SendOptions {
  readonly headers: FieldList
  /** Bytes of headers that the response may have. */
  readonly headerBytes: number
  /** The only addresses that are connected to. */
  readonly addresses: readonly Address[]
}

/** Starts a request on a connection of its own. */
export function sendRequest(web: WebTarget, { headers, headerBytes, addresses }: SendOptions): ClientRequest {
  const { target } = web
  const secure = target.scheme === 'https'
  const host = target.host.replace(/^\[|\]$/g, '')
  const request = (secure ? httpsRequest : httpRequest)({
    host,
    port: target.port,
    method: target.method,
    path: web.wirePath,
    // No pool: a connection is never shared with another plugin, nor found again by this one.
    agent: false,
    setHost: false,
    maxHeaderSize: headerBytes,
    insecureHTTPParser: false,
    lookup: (_name, options, callback) => {
      const first = addresses[0]
      if (options.all === true || first === undefined) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    },
    ...(secure ? { rejectUnauthorized: true, servername: isName(host) ? host : '' } : {}),
  })
  setHeaders(request, web, headers)
  return request
}

function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host)
}
