import { ComponentError } from '@wasm-plugin/runtime'
import type { Gate } from '../../grants/gate.js'
import { codeOf, type IoError } from '../io/error.js'

/** `wasi:sockets` without a grant: the network resource exists, and everything that would use it is denied. */
export function createDeniedSockets(gate: Gate) {
  const deny = (scheme: 'tcp' | 'udp' | 'dns', operation: string, target: string): never => {
    const net = { method: null, scheme, host: '', port: null, path: null } as const
    const { reason } = gate.deny({ capability: 'net', operation, target, net })
    throw new ComponentError('access-denied', `access-denied: ${reason}`)
  }
  return {
    instanceNetwork: { instanceNetwork: () => new Network() },
    network: { Network, networkErrorCode: (error: IoError) => codeOf(error, 'network') },
    ipNameLookup: {
      ResolveAddressStream,
      resolveAddresses: (_network: Network, name: string) => deny('dns', 'resolve', `dns://${name}`),
    },
    tcp: { TcpSocket },
    tcpCreateSocket: { createTcpSocket: (_family: string) => deny('tcp', 'create', 'tcp socket') },
    udp: { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
    udpCreateSocket: { createUdpSocket: (_family: string) => deny('udp', 'create', 'udp socket') },
  }
}

class Network {}

/** A resource that no plugin can get hold of, with the methods that its interface has. */
function unreachable(methods: readonly string[]): new () => object {
  class Unreachable {}
  const refuse = (): never => {
    throw new ComponentError('access-denied')
  }
  for (const name of methods) Object.defineProperty(Unreachable.prototype, name, { value: refuse })
  return Unreachable
}

const BUFFERS = ['receiveBufferSize', 'setReceiveBufferSize', 'sendBufferSize', 'setSendBufferSize']
const ADDRESSES = ['startBind', 'finishBind', 'localAddress', 'remoteAddress', 'addressFamily', 'subscribe']

const ResolveAddressStream = unreachable(['resolveNextAddress', 'subscribe'])
const IncomingDatagramStream = unreachable(['receive', 'subscribe'])
const OutgoingDatagramStream = unreachable(['checkSend', 'send', 'subscribe'])
const UdpSocket = unreachable([...ADDRESSES, ...BUFFERS, 'stream', 'unicastHopLimit', 'setUnicastHopLimit'])
const TcpSocket = unreachable([
  ...ADDRESSES,
  ...BUFFERS,
  'startConnect',
  'finishConnect',
  'startListen',
  'finishListen',
  'accept',
  'isListening',
  'setListenBacklogSize',
  'keepAliveEnabled',
  'setKeepAliveEnabled',
  'keepAliveIdleTime',
  'setKeepAliveIdleTime',
  'keepAliveInterval',
  'setKeepAliveInterval',
  'keepAliveCount',
  'setKeepAliveCount',
  'hopLimit',
  'setHopLimit',
  'shutdown',
])
