import type { Host } from '@wasm-plugin/host'
import type { Inspector } from '@wasm-plugin/inspector'
import { aborted } from '../aborted.js'
import type { Context } from '../command.js'

/** Opens the window on the plugins of a host, and says where. @throws {INSPECTOR_UNAVAILABLE} */
export async function openWindow(host: Host, { progress }: Context): Promise<Inspector> {
  const { openInspector } = await import('@wasm-plugin/inspector')
  const inspector = await openInspector(host)
  progress.status('Window', inspector.url)
  return inspector
}

/**
 * Waits until somebody looks, and keeps the window and its host after the result is shown, until the command is
 * interrupted: what one call does is over before a page could be opened.
 *
 * @throws {INSPECTOR_UNAVAILABLE}
 */
export async function keepWindow(host: Host, context: Context): Promise<void> {
  const { progress, signal } = context
  const inspector = await openWindow(host, context).catch(async (error) => {
    await host.close()
    throw error
  })
  const interrupted = aborted(signal)
  // Nothing else may, while a page is waited for: signals and windows do not.
  const keepsProcess = setInterval(() => {}, 2 ** 30)
  context.afterwards(async () => {
    if (!signal.aborted) progress.status('Staying', 'until Ctrl-C')
    await interrupted
    await inspector.close()
    await host.close()
    clearInterval(keepsProcess)
  })
  progress.busy('Waiting', 'for a browser at that address')
  await Promise.race([inspector.looked(), interrupted])
}
