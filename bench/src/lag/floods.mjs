import path from 'node:path'

/**
 * A way to flood the application, with default limits.
 *
 * @typedef {object} Flood
 * @property {string} name
 * @property {object} [options] of the load
 * @property {number} [lists] that the host gives
 * @property {(api: Api, options: object) => Promise<unknown>} [before] is not measured
 * @property {(api: Api, options: { timeoutMs: number }) => Promise<unknown>} [call] over and over until the time is up, which is the
 *   deadline of the last one
 * @property {{ head: string, more: string }} [answer] of a server that the plugin, one of WASI, asks over and over in four instances
 * @property {(host: import('@wasm-plugin/host').Host, components: { exports: Uint8Array, large: Uint8Array }) => Promise<unknown>} [load] instead of it; over and over
 */

/** What a call may carry at the default limits. */
const LISTS = 1_130_000
const RECORDS = 250_000
const ARRAYS = 450_000
const BYTES = 64 << 20
const HANDLES = 100_000

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

/** The imports of what is loaded. */
const calls = { 'bench:calls/host': { add: (a, b) => a + b, log() {} } }

/** @returns {Flood[]} @param {string} folder that is empty */
export function floods(folder) {
  const fs = [{ path: folder, at: '/', access: 'read' }]
  const audit = { file: path.join(folder, 'audit.jsonl') }
  const keyvalue = (name) => ({ default: { file: path.join(folder, name), quotaBytes: 64 << 20 } })
  return [
    { name: 'lag: nothing', call: (api, options) => api('compute', [], options) },
    { name: 'lag: stdout: newlines', call: (api, options) => api('stdout', [], options) },
    { name: 'lag: log', call: (api, options) => api('log', [], options) },
    {
      name: 'lag: uses allowed',
      options: { grants: { env: { A: 'b' } } },
      call: (api, options) => api('allowed', [], options),
    },
    {
      name: 'lag: uses denied',
      options: { grants: { fs } },
      call: (api, options) => api('denied', [], options),
    },
    {
      name: 'lag: uses denied, audited',
      options: { grants: { fs }, audit },
      call: (api, options) => api('denied', [], options),
    },
    { name: 'lag: names resolved: 3 B', call: (api, options) => api('resolve', ['a.b'], options) },
    {
      name: 'lag: names resolved: 16 MiB',
      call: (api, options) => api('resolve', ['a'.repeat(16 << 20)], options),
    },
    { name: 'lag: host calls', call: (api, options) => api('say', [], options) },
    { name: 'lag: host calls that are given lists', call: (api, options) => api('take', [LISTS], options) },
    {
      name: 'lag: host calls that give lists',
      lists: LISTS,
      call: (api, options) => api('give', [], options),
    },
    { name: 'lag: results: lists', call: (api, options) => api('lists', [LISTS], options) },
    { name: 'lag: results: records', call: (api, options) => api('records', [RECORDS], options) },
    { name: 'lag: results: arrays', call: (api, options) => api('arrays', [ARRAYS], options) },
    { name: 'lag: results: text', call: (api, options) => api('text', [BYTES], options) },
    { name: 'lag: results: bytes', call: (api, options) => api('bytes', [BYTES], options) },
    { name: 'lag: results: resources', call: handles },
    { name: 'lag: errors: lists', call: (api, options) => refused(api('fail', [LISTS], options)) },
    { name: 'lag: errors: traps', call: (api, options) => refused(api('trap', [], options)) },
    {
      name: 'lag: store: 1 B',
      options: { grants: { keyvalue: keyvalue('small') } },
      call: (api, options) => api('store', [1], options),
    },
    {
      name: 'lag: store: 1 B of 50 MiB',
      options: { grants: { keyvalue: keyvalue('full') } },
      before: (api) => api('fill', [50, 1 << 20], { timeoutMs: 60_000 }),
      call: (api, options) => api('store', [1], options),
    },
    {
      name: 'lag: store: 8 MiB',
      options: { grants: { keyvalue: keyvalue('large') } },
      call: (api, options) => api('store', [8 << 20], options),
    },
    {
      name: 'lag: store: keys listed',
      options: { grants: { keyvalue: keyvalue('keys') } },
      before: (api) => api('fill', [10_000, 1], { timeoutMs: 60_000 }),
      call: (api, options) => api('keys', [], options),
    },
    {
      name: 'lag: answers: 64 KiB at a time',
      answer: { head: CHUNKED, more: `10000\r\n${'x'.repeat(1 << 16)}\r\n` },
    },
    {
      name: 'lag: answers: chunks of 1 B',
      answer: { head: CHUNKED, more: '1\r\nx\r\n'.repeat(5_000) },
    },
    {
      name: 'lag: answers: informational',
      answer: { head: '', more: 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(500) },
    },
    { name: 'lag: loads: 9,900 exports', load: (host, { exports }) => host.load(exports) },
    {
      name: 'lag: loads: core module of 60 MB',
      load: (host, { large }) => host.load(large, { imports: calls, limits: { startMs: 120_000 } }),
    },
    { name: 'lag: inspections: core module of 60 MB', load: (host, { large }) => host.inspect(large) },
  ]
}

/** All that may be alive; the trap gives them back. */
async function handles(api, options) {
  await api('things', [HANDLES], options)
  await refused(api('trap', [], options))
}

/** What is to fail, and not by its deadline. */
async function refused(call) {
  try {
    await call
  } catch (error) {
    if (error.code === 'DEADLINE_EXCEEDED') throw error
    return
  }
  throw new Error('it did not fail')
}
