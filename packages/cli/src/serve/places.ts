import path from 'node:path'
import type { Address } from '@wasm-plugin/gateway'
import type { Context } from '../command.js'
import { usageErrors } from '../errors/index.js'
import { countOf } from '../parse/count.js'
import type { ServeConfig } from './config.js'
import { type PassedSocket, passedSockets } from './passed-sockets.js'

/** What the command line says of where to listen. */
export interface PlaceFlags {
  readonly plugin: string
  readonly port: string | undefined
  readonly host: string | undefined
  readonly socket: string | undefined
  readonly 'metrics-port': string | undefined
}

const PORT = 3_000
const HOST = '127.0.0.1'

type Places = Pick<ServeConfig, 'listen' | 'metrics'>

/**
 * Where to listen: on the sockets that a service manager has passed, where the command line says, where the file says, or at
 * the default.
 *
 * @throws {INVALID_OPTION} {OPTIONS_CONFLICT} {INVALID_SERVE_CONFIG}
 */
export function placesOf(
  { listen = [], metrics }: Partial<Places>,
  flags: PlaceFlags,
  { cwd, env }: Pick<Context, 'cwd' | 'env'>,
): Places {
  const passed = passedSockets(env, process.pid)
  const sockets = passed.filter(({ isMetrics }) => !isMetrics)
  const [ofMetrics] = passed.filter(({ isMetrics }) => isMetrics)
  if (sockets.length > 0) refuse(flags, ['port', 'host', 'socket'])
  if (ofMetrics !== undefined) refuse(flags, ['metrics-port'])
  const own = sockets.length > 0 ? onSockets(listen, sockets, flags.plugin) : addressesOf(listen, flags, cwd)
  const watched = ofMetrics === undefined ? metricsOf(metrics, flags) : { fd: ofMetrics.fd }
  return { listen: own, ...(watched && { metrics: watched }) }
}

/** A socket is what the manager says. @throws {OPTIONS_CONFLICT} */
function refuse(flags: PlaceFlags, names: readonly (keyof PlaceFlags)[]): void {
  for (const name of names)
    if (flags[name] !== undefined)
      throw usageErrors.OPTIONS_CONFLICT({
        ...{ command: 'serve', options: [`--${name}`, 'LISTEN_FDS'] },
        reason: 'the service manager that started the command has opened the sockets',
      })
}

/** In the place of those of the file, one for one, with their certificates. @throws {INVALID_SERVE_CONFIG} */
function onSockets(
  listen: readonly Address[],
  sockets: readonly PassedSocket[],
  file: string,
): readonly Address[] {
  if (listen.length === 0) return sockets.map(({ fd }) => ({ fd }))
  if (listen.length !== sockets.length)
    throw usageErrors.INVALID_SERVE_CONFIG({
      file,
      reason: `listen: it has ${listen.length} addresses, and the service manager has passed ${sockets.length} sockets`,
    })
  return sockets.map(({ fd }, i) => {
    const tls = listen[i]?.tls
    return tls === undefined ? { fd } : { fd, tls }
  })
}

function addressesOf(
  listen: readonly Address[],
  { port, host, socket }: PlaceFlags,
  cwd: string,
): readonly Address[] {
  const isGiven = port !== undefined || host !== undefined || socket !== undefined
  if (listen.length > 0 && !isGiven) return listen
  if (socket === undefined) return [{ port: portOf('--port', port) ?? PORT, host: host ?? HOST }]
  if (port !== undefined || host !== undefined)
    throw usageErrors.OPTIONS_CONFLICT({
      ...{ command: 'serve', options: ['--socket', port === undefined ? '--host' : '--port'] },
      reason: 'it listens in one place',
    })
  return [{ socket: path.resolve(cwd, socket) }]
}

function metricsOf(
  metrics: Address | undefined,
  { host, 'metrics-port': port }: PlaceFlags,
): Address | undefined {
  return port === undefined ? metrics : { port: portOf('--metrics-port', port) ?? 0, host: host ?? HOST }
}

function portOf(option: string, port: string | undefined): number | undefined {
  return port === undefined ? undefined : countOf(option, port, 65_535, 0)
}
