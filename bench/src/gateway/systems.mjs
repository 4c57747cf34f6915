import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cgiServerNames, startCgiServer } from '../../../scripts/lib/cgi-servers.mjs'
import { freePort, startSaying, startServer } from '../../../scripts/lib/server-process.mjs'
import { wasmtimeCommand } from '../../../scripts/lib/wasmtime.mjs'

const APP = fileURLToPath(new URL('app.mjs', import.meta.url))
const JCO_APP = fileURLToPath(new URL('jco-app.mjs', import.meta.url))

/**
 * Starts a server of the bench.
 *
 * @param {string} system
 * @param {{ folder: string, site?: string, page?: string, native?: string }} guests
 * @returns {Promise<import('../../../scripts/lib/server-process.mjs').RunningServer | undefined>} undefined where this machine
 *   has none
 */
export async function start(system, guests) {
  if (cgiServerNames.includes(system)) return startCgi(system, guests)
  if (system === 'wasmtime') return startWasmtime(guests)
  if (system === 'jco') return startJco(guests)
  return startApp(system, guests)
}

async function startApp(kind, { site, page }) {
  const file = kind === 'wagi' ? page : site
  if (kind === 'node') return startSaying(process.execPath, [APP, kind])
  return file && startSaying(process.execPath, ['--no-warnings', APP, kind, file])
}

async function startWasmtime({ site }) {
  if (site === undefined || !existsSync(wasmtimeCommand)) return undefined
  const port = await freePort()
  return startServer(port, [[wasmtimeCommand, ['serve', '-S', 'cli', '--addr', `127.0.0.1:${port}`, site]]])
}

async function startJco({ site }) {
  if (site === undefined) return undefined
  const port = await freePort()
  return startServer(port, [[process.execPath, [JCO_APP, site, `${port}`]]])
}

async function startCgi(name, { folder, native }) {
  return native && startCgiServer(name, { folder, program: native })
}
