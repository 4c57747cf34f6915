/**
 * What an engine offers to the rows of WASI: the functions of `guests/wasi.wit`, which do a thing so many times inside of
 * the guest.
 *
 * @typedef {object} WasiEngine
 * @property {boolean} [isAsync] its functions give promises
 * @property {(times: number) => number} [openRead]
 * @property {(times: number) => number} [stat]
 * @property {(times: number) => number} [readdir]
 * @property {(times: number) => number} [random]
 * @property {(times: number) => number} [now]
 * @property {(authority: string, times: number) => Promise<number>} [get]
 */

/** @returns {import('../rows.mjs').Row[]} @param {string} authority of a server that answers with 4 KiB */
export function wasiRows(authority) {
  return [
    { ...row('open, read 4 KiB, close', 'openRead', 100), isRight: (bytes) => bytes === 100 * 4_096 },
    { ...row('stat', 'stat', 100), isRight: (size) => size === 4_096 },
    { ...row('readdir of 1,000 entries', 'readdir', 1), isRight: (entries) => entries === 1_000 },
    { ...row('random 32 B', 'random', 1_000), unit: 'ns' },
    { ...row('clock now', 'now', 1_000), unit: 'ns', isRight: (moved) => moved === 1 },
    {
      ...row('HTTP GET 4 KiB over loopback', 'get', 1),
      call: (engine) => () => engine.get(authority, 1),
      isRight: (bytes) => bytes === 4_096,
      isAsync: true,
    },
  ]
}

function row(name, needs, repeats) {
  return { name, unit: 'µs', needs, repeats, call: (engine) => () => engine[needs](repeats) }
}
