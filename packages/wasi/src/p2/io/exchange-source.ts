import { type Awaitable, chain } from '../../awaitable.js'
import type { ServiceCaller } from '../../protocol/service-map.js'
import type { ByteSource } from './input-stream.js'
import { remoteSource } from './remote-source.js'

/** What comes in by an exchange on the host's thread, by its number: the body of a message, or what a program is given to read. */
export function exchangeSource(
  services: ServiceCaller,
  id: number,
  /** Whether it is known that something can be read: now, or for ever where all of it is there. */
  known: 'not' | 'now' | 'always',
): ByteSource {
  // Until the next read: nobody else reads it.
  let isKnown = known !== 'not'
  const ready = (): Awaitable<boolean> => {
    if (isKnown) return true
    return chain(services.call('http.ready', [id, 'body']), (isReady) => {
      isKnown = isReady
      return isReady
    })
  }
  const waited = () => {
    isKnown = true
  }
  return remoteSource({
    kind: 'http',
    read(max) {
      isKnown = known === 'always'
      return services.call('http.read', [id, max, false])
    },
    readiness: { ready, here: () => isKnown, remote: [id, 'body'], waited },
  })
}
