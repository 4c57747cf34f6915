import { transportErrors as errors } from '../errors/index.js'
import type { Answer, Ask } from './wire.js'

/**
 * Where an answer sends a request; `undefined` if it does not. Never from https to http, and a request that writes only
 * where it stays the same request.
 *
 * @throws {REGISTRY_REDIRECT_REFUSED}
 */
export function redirectOf(answer: Answer, { method }: Ask, registry: string): URL | undefined {
  if (!REDIRECTS.has(answer.status)) return undefined
  const { location } = answer.headers
  const to = typeof location === 'string' && URL.canParse(location, answer.url.href)
  const target = to ? new URL(location, answer.url) : undefined
  const refuse = (reason: string) =>
    errors.REGISTRY_REDIRECT_REFUSED({ registry, to: target?.origin ?? 'nowhere', reason })
  if (target === undefined) throw refuse('there is no address')
  if (!/^https?:$/.test(target.protocol)) throw refuse('it is not an address of the web')
  if (answer.url.protocol === 'https:' && target.protocol === 'http:')
    throw refuse('it leads from https to http')
  if (target.username !== '' || target.password !== '') throw refuse('the address has credentials in it')
  if (method !== 'GET' && method !== 'HEAD' && answer.status !== 307 && answer.status !== 308)
    throw refuse(`the status ${answer.status} would make another request of a ${method}`)
  return target
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
