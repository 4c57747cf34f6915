export type { LogLine, WasiContext } from './context.js'
export { createWasi, type WasiImports } from './wasi.js'
