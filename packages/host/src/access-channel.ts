/** The `diagnostics_channel` on which every decision of every host of the process is published. */
export const ACCESS_CHANNEL = 'wasm-plugin:access'
