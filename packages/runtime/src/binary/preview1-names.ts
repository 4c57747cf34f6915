/** What a core module of WASI preview 1 imports, and by which name its component imports the same. */
export const preview1 = Object.freeze({
  module: 'wasi_snapshot_preview1',
  /** A core module that exports the functions. */
  functions: 'wasi-snapshot-preview1',
  /** One that imports the memory that they are about, once it is there. */
  memory: 'wasi-snapshot-preview1-memory',
})
