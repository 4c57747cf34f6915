import { type AllowedRequest, type HttpExchange, httpError } from '@wasm-plugin/embed/services'
import type { Gate, WebTarget } from '@wasm-plugin/wasi'
import type { Connecting } from './connecting.js'
import { codeOfNodeError } from './http-errors.js'
import { Exchange } from './http-exchange.js'
import { type Address, type Lookup, resolveHost } from './resolve.js'

export interface ExchangeContext {
  readonly gate: Gate
  readonly connecting: Connecting
  readonly lookup: Lookup
}

/** Carries out requests on connections of their own, to addresses that are looked up and judged once. */
export function exchanges(context: ExchangeContext): (request: AllowedRequest) => HttpExchange {
  return (request) =>
    new Exchange({
      ...request,
      connecting: context.connecting,
      addresses: (signal) => resolve(context, request.web, signal),
    })
}

async function resolve(
  { gate, lookup }: ExchangeContext,
  { target, label }: WebTarget,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const { privateAddresses } = gate.grants.current.net
  const { open, closed } = await resolveHost(target.host, privateAddresses, (host) =>
    lookup(host, signal),
  ).catch((error) => {
    throw httpError(codeOfNodeError(error))
  })
  if (open.length > 0) return open
  const addresses = closed.map(({ address }) => address).join(', ')
  gate.deny({ capability: 'net', operation: 'connect', target: `${label} (${addresses})`, net: target })
  throw httpError({ tag: 'destination-IP-prohibited' })
}
