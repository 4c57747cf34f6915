import { splicer } from '../node_modules/@bytecodealliance/componentize-js/lib/spidermonkey-embedding-splicer.js'

/** File of the engine, a core module. */
export const engine = new URL('./engine.wasm', import.meta.url)

/**
 * Puts the functions of a world into the engine.
 *
 * @param {Uint8Array} module the engine
 * @param {readonly string[]} features what it keeps, of `stdio`, `random`, `clocks`, `http`
 * @param {string} wit one text, other packages nested in it
 * @param {string} world
 */
export function splice(module, features, wit, world) {
  return splicer.spliceBindings(module, features, wit, undefined, world, false)
}

/** Takes WASI that the features left out of a module which has started. */
export function stub(module, features, wit, world) {
  return splicer.stubWasi(module, features, wit, undefined, world)
}
