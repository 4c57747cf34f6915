import { WASI } from 'node:wasi'
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation'
import { createHost } from '@wasm-plugin/host'
import { transpile } from '../engines/jco.mjs'

const API = 'bench:wasi/api'

/**
 * Engines of the WASI rows, each with the same folder. `ours` runs in the caller's thread, as the peers do; what waits
 * for the network cannot, so that one row is of a plugin in a thread. `thread` is the default of the host: every call
 * of the guest is decided and reported to the application's thread.
 */
export async function wasiEngines({ component, p1 }, { folder, authority }) {
  const host = await createHost({ limits: { timeoutMs: 600_000 } })
  const fs = [{ path: folder, at: '/', access: 'read' }]
  const inline = await host.load(component, {
    grants: { fs },
    name: 'inline',
    isolation: 'inline',
    limits: { fuel: Number.MAX_SAFE_INTEGER },
  })
  const net = [`GET http://${authority}`]
  const thread = await host.load(component, { grants: { fs, net }, name: 'thread' })
  return {
    ours: { ...inline.exports[API], get: thread.exports[API].get },
    thread: { ...thread.exports[API], isAsync: true },
    'jco + preview2-shim': await jco(component, folder),
    'node:wasi': await nodeWasi(p1, folder),
    close: () => host.close(),
  }
}

async function jco(component, folder) {
  const shim = new WASIShim({ sandbox: { preopens: { '/': folder }, env: {}, args: [] } })
  const { instantiate, module } = await transpile(component)
  return instantiate(module, shim.getImportObject())[API]
}

async function nodeWasi(p1, folder) {
  const wasi = new WASI({ version: 'preview1', preopens: { '/': folder }, env: {}, args: [] })
  const module = await WebAssembly.compile(p1)
  const { exports } = await WebAssembly.instantiate(module, wasi.getImportObject())
  wasi.start({ exports })
  return { ...exports, openRead: exports['open-read'] }
}
