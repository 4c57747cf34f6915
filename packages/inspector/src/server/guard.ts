import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { errors } from '../errors/index.js'

/** Names of this machine that the page may have been opened by. */
const NAMES = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Refuses what does not come from somebody on this machine by a name of this machine: a page elsewhere may have had its own
 * name lead here (DNS rebinding).
 *
 * @throws {INSPECTOR_HOST_REFUSED}
 */
export function checkHost({ headers, socket }: IncomingMessage): void {
  const { host = '' } = headers
  if (!hostsOf(socket.localPort).includes(host)) throw errors.INSPECTOR_HOST_REFUSED({ host })
}

/**
 * Refuses what a page of another origin asks, and whoever does not know the token. The token is in a header and in no
 * cookie: the ports of a machine share its cookies, so that what else listens there would be sent it.
 *
 * @throws {INSPECTOR_ORIGIN_REFUSED} {INSPECTOR_TOKEN_WRONG}
 */
export function checkCaller({ headers, socket }: IncomingMessage, token: string): void {
  const { origin, authorization = '' } = headers
  const site = headers['sec-fetch-site']
  const isOurs = origin === undefined || hostsOf(socket.localPort).some((host) => origin === `http://${host}`)
  if (!isOurs || (site !== undefined && site !== 'same-origin'))
    throw errors.INSPECTOR_ORIGIN_REFUSED({ from: origin ?? `another site (${site})` })
  if (!isSame(authorization, `Bearer ${token}`)) throw errors.INSPECTOR_TOKEN_WRONG({})
}

function hostsOf(port: number | undefined): string[] {
  return NAMES.map((name) => (port === 80 ? name : `${name}:${port}`))
}

/** In a time that tells nothing of either. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(one, other)
}
