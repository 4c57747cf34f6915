/**
 * Modules of Node that a plugin's thread may do without: each takes milliseconds to load, so they are loaded by their first
 * use.
 */
export const builtIn = {
  get crypto(): typeof import('node:crypto') {
    crypto ??= process.getBuiltinModule('node:crypto')
    return crypto
  },
  get zlib(): typeof import('node:zlib') {
    zlib ??= process.getBuiltinModule('node:zlib')
    return zlib
  },
}

let crypto: typeof import('node:crypto') | undefined
let zlib: typeof import('node:zlib') | undefined
