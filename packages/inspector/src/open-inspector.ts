import { randomBytes } from 'node:crypto'
import type { Host } from '@wasm-plugin/host'
import { Levers } from './levers/levers.js'
import { checkOptions, type InspectorOptions } from './options.js'
import { listen } from './server/listen.js'
import { answer } from './server/routes.js'
import { Feed } from './watch/feed.js'
import { Recordings } from './watch/recordings.js'
import { Roster } from './watch/roster.js'

/** A page that is served to whoever has its address. */
export interface Inspector extends AsyncDisposable {
  /** With the token, behind the `#`: whoever has it may do what the page may. */
  readonly url: string
  /** Ends the page and forgets what was recorded. */
  close(): Promise<void>
}

/**
 * Serves a page on this machine that shows what the plugins of a host do, and takes grants back. Nothing is watched while
 * nobody looks. It does not keep the process.
 *
 * @example
 * ```ts
 * const inspector = await openInspector(host, { readOnly: true })
 * console.log(`Look at the plugins: ${inspector.url}`)
 * ```
 * @throws {INSPECTOR_OPTIONS_INVALID} {INSPECTOR_UNAVAILABLE}
 */
export async function openInspector(host: Host, options: InspectorOptions = {}): Promise<Inspector> {
  const { port, readOnly, eventsPerSecond } = checkOptions(options)
  const { pageFiles: files } = await import('./page-files.js')
  const token = randomBytes(32).toString('base64url')
  const roster = new Roster(host)
  const recordings = new Recordings()
  const feed = new Feed({ host, roster, recordings, readOnly, eventsPerSecond })
  const levers = new Levers({ host, roster, recordings, readOnly })
  const served = { token, feed, levers, files }
  const listening = await listen(port, (request, response) => answer(served, request, response))
  const close = async () => {
    feed.close()
    recordings.clear()
    await listening.close()
  }
  return { url: `http://127.0.0.1:${listening.port}/#${token}`, close, [Symbol.asyncDispose]: close }
}
