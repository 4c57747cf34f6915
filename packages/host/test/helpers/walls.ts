/** Whether every plugin that is not inline has a process of its own, see `in-processes.ts`. */
export const inProcesses = process.env.WASM_PLUGIN_WALL === 'process'
