import { canonicalHost } from '@wasm-plugin/manifest/grammar'
import { type Endpoint, type Gate, networkError, type ServiceHandlers } from '@wasm-plugin/wasi'

/** A page has no sockets. What is not granted is denied and reported all the same; the rest is not supported. */
export function noSockets(gate: Gate) {
  const refuse = (scheme: 'tcp' | 'udp' | 'dns', name: string, port: number | null): never => {
    const host = canonicalHost(name.includes(':') ? `[${name}]` : name)
    if (host === null) throw networkError('invalid-argument')
    const net = { method: null, scheme, host, port, path: null }
    const target = port === null ? `${scheme}://${host}` : `${scheme}://${host}:${port}`
    const { reason } = gate.check({ capability: 'net', operation: OPERATIONS[scheme], target, net })
    if (reason !== null) throw networkError('access-denied', reason)
    throw networkError('not-supported', 'a page has no sockets')
  }
  const reach = (scheme: 'tcp' | 'udp', { address, port }: Endpoint) => refuse(scheme, address, port)
  const never = (): never => {
    throw networkError('invalid-state')
  }
  return {
    'dns.resolve': (name) => refuse('dns', name, null),
    'tcp.open': (to) => reach('tcp', to),
    'tcp.finish': never,
    'tcp.read': never,
    'tcp.write': never,
    'tcp.shutdown': never,
    // Bound to nothing: what it is for shows when it sends.
    'udp.open': (_family, address) => ({ id: 0, local: { address, port: 0 } }),
    'udp.send': (_id, datagram) => reach('udp', datagram),
    'udp.receive': () => [],
    'socket.ready': () => true,
    'socket.close': () => undefined,
  } satisfies Partial<ServiceHandlers>
}

const OPERATIONS = { tcp: 'connect', udp: 'send', dns: 'resolve' } as const
