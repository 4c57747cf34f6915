export type { LogLine, ServiceCaller, WasiContext } from './context.js'
export { createWasi, type WasiImports } from './wasi.js'
