import { WASI } from 'node:wasi'
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation'
import { createHost } from '@wasm-plugin/host'
import { transpile } from '../engines/jco.mjs'

const API = 'bench:wasi/api'

/**
 * Engines of the WASI rows, each with the same folder. `ours` runs in the caller's thread, as the peers do. `thread` is the
 * default of the host: every call of the guest is decided and reported to the application's thread. It may ask a server, of
 * that authority.
 */
export const wasiEngines = { ours, thread, 'jco + preview2-shim': jco, 'node:wasi': nodeWasi }

/** All of them. What waits for the network cannot be in the caller's thread, so that row of ours is of a plugin in a thread. */
export async function startWasi(guests, places) {
  const engines = {}
  for (const [name, start] of Object.entries(wasiEngines)) engines[name] = await start(guests, places)
  const { close: closeOurs, ...caller } = engines.ours
  const { close: closeThread, ...threaded } = engines.thread
  return {
    ...engines,
    ours: { ...caller, get: threaded.get },
    thread: threaded,
    close: () => Promise.all([closeOurs(), closeThread()]),
  }
}

async function ours({ component }, { folder }) {
  const host = await createHost()
  const plugin = await host.load(component, {
    grants: { fs: [{ path: folder, at: '/', access: 'read' }] },
    name: 'inline',
    isolation: 'inline',
    limits: { fuel: Number.MAX_SAFE_INTEGER },
  })
  return { ...plugin.exports[API], close: () => host.close() }
}

async function thread({ component }, { folder, authority }) {
  const host = await createHost({ limits: { timeoutMs: 600_000 } })
  const net = authority === undefined ? [] : [`GET http://${authority}`]
  const fs = [{ path: folder, at: '/', access: 'read' }]
  const plugin = await host.load(component, { grants: { fs, net }, name: 'thread' })
  return { ...plugin.exports[API], isAsync: true, close: () => host.close() }
}

async function jco({ component }, { folder }) {
  const shim = new WASIShim({ sandbox: { preopens: { '/': folder }, env: {}, args: [] } })
  const { instantiate, module } = await transpile(component)
  return instantiate(module, shim.getImportObject())[API]
}

async function nodeWasi({ p1 }, { folder }) {
  const wasi = new WASI({ version: 'preview1', preopens: { '/': folder }, env: {}, args: [] })
  const module = await WebAssembly.compile(p1)
  const { exports } = await WebAssembly.instantiate(module, wasi.getImportObject())
  wasi.start({ exports })
  return { ...exports, openRead: exports['open-read'] }
}
