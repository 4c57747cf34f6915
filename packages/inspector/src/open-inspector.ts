import { randomBytes } from 'node:crypto'
import type { Host } from '@wasm-plugin/host'
import { checkHost, checkOptions, type InspectorOptions } from './options.js'
import { listen } from './server/listen.js'
import { answer } from './server/routes.js'
import { Sight } from './sight.js'

/** A page that is served to whoever has its address. */
export interface Inspector extends AsyncDisposable {
  /** With the token, behind the `#`: whoever has it may do what the page may. */
  readonly url: string
  /**
   * Shows another host from here on, at the same address: pages that are open follow by themselves, and what was recorded
   * of the one before is forgotten.
   *
   * @throws {INSPECTOR_OPTIONS_INVALID} it is no host
   */
  show(host: Host): void
  /** Resolves when a page is open, now or later: true, and false where the window was closed before. */
  looked(): Promise<boolean>
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
  checkHost(host)
  const { port, ...checked } = checkOptions(options)
  const { pageFiles: files } = await import('./page-files.js')
  const token = randomBytes(32).toString('base64url')
  // A number that a page knows is that of one plugin, of whatever host.
  let last = 0
  let onLooked: (isLooked: boolean) => void = () => {}
  const looked = new Promise<boolean>((resolve) => {
    onLooked = resolve
  })
  const parts = { ...checked, onLooked: () => onLooked(true), number: () => ++last }
  let sight = new Sight(host, parts)
  const listening = await listen(port, (request, response) =>
    answer({ token, files, ...sight }, request, response),
  )
  let isOpen = true
  const close = async () => {
    isOpen = false
    onLooked(false)
    sight.close()
    await listening.close()
  }
  return {
    url: `http://127.0.0.1:${listening.port}/#${token}`,
    show(next) {
      checkHost(next)
      if (!isOpen) return
      sight.close()
      sight = new Sight(next, parts)
    },
    looked: () => looked,
    close,
    [Symbol.asyncDispose]: close,
  }
}
