import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errors } from './errors/index.js'
import type { DrainOptions, Gateway } from './gateway.js'
import { type Answering, type ListenOptions, renew, serverFor, type Tls } from './server.js'
import { makeRoom } from './socket-file.js'

/**
 * A port, of every address of this machine or of one, a Unix socket, or the descriptor of a socket that listens already, as service
 * managers pass them. With a certificate it is HTTPS.
 */
export type Address = (
  | { readonly port: number; readonly host?: string }
  | { readonly socket: string }
  | { readonly fd: number }
) & {
  readonly tls?: Tls
  /** What is answered there are the metrics of the gateway, at `/metrics`, and nothing else. @default false */
  readonly isMetrics?: boolean
}

export interface Listening {
  /** URLs, and paths of sockets. */
  readonly addresses: readonly string[]
  /** Has another gateway answer from now on. The one before answers what it has begun, and is closed by whoever made it. */
  use(gateway: Gateway): void
  /** Shows other certificates to those who connect from now on, in the order of the addresses; undefined leaves one as it is. */
  secure(certificates: readonly (Tls | undefined)[]): void
  /** Stops listening, closes the gateway, and cuts what is left then. */
  close(options?: DrainOptions): Promise<void>
}

/**
 * Serves a gateway where it is to be found. `/healthz` is answered with 200 while the process lives, `/readyz` with 200 while it
 * takes requests, for every route.
 *
 * @throws {LISTEN_FAILED} {CERTIFICATE_INVALID} {GATEWAY_OPTIONS_INVALID}
 */
export async function listen(
  gateway: Gateway,
  addresses: readonly Address[],
  options: ListenOptions = {},
): Promise<Listening> {
  const answering: Answering = { gateway }
  const servers: Server[] = []
  const stop = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  const cut = () => {
    for (const server of servers) server.closeAllConnections()
  }
  try {
    const shown: string[] = []
    for (const [i, address] of addresses.entries()) {
      refuseEmpty(address, i)
      const server = serverFor(address, answering, options)
      shown.push(await open(server, address))
      servers.push(server)
    }
    return {
      addresses: shown,
      use(next) {
        answering.gateway = next
      },
      secure(certificates) {
        for (const [i, tls] of certificates.entries()) renew(servers[i], tls)
      },
      async close(drain) {
        const closed = answering.gateway.close(drain)
        const stopped = stop()
        for (const server of servers) server.closeIdleConnections()
        await closed
        cut()
        await stopped
      },
    }
  } catch (error) {
    cut()
    await stop()
    throw error
  }
}

/** To Node an empty host is every address of the machine, which a variable that is not set does not ask for. */
function refuseEmpty(address: Address, index: number): void {
  if ('fd' in address) return
  const key = 'socket' in address ? 'socket' : 'host'
  const value = 'socket' in address ? address.socket : address.host
  if (value === '')
    throw errors.GATEWAY_OPTIONS_INVALID({ path: `addresses[${index}].${key}`, reason: 'it is empty' })
}

async function open(server: Server, address: Address): Promise<string> {
  const { where, shown } = placeOf(address)
  try {
    if ('socket' in address) await makeRoom(address.socket)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(where, resolve)
    })
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException
    throw errors.LISTEN_FAILED({ address: shown, reason: code }, error)
  }
  // A Unix socket that was passed does not say where it is.
  const at = (server.address() ?? shown) as AddressInfo | string
  if (typeof at === 'string') return at
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address
  const scheme = address.tls === undefined ? 'http' : 'https'
  return `${scheme}://${host === '[::]' || host === '0.0.0.0' ? 'localhost' : host}:${at.port}`
}

function placeOf(address: Address): { where: ListenPlace; shown: string } {
  if ('fd' in address) return { where: { fd: address.fd }, shown: `descriptor ${address.fd}` }
  if ('socket' in address) return { where: { path: address.socket }, shown: address.socket }
  const { port, host } = address
  return { where: { port, host }, shown: `${host ?? '*'}:${port}` }
}

interface ListenPlace {
  readonly fd?: number
  readonly path?: string
  readonly port?: number
  readonly host?: string | undefined
}
