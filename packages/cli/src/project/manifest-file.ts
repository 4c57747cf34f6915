export const MANIFEST_FILE = 'wasm-plugin.json'
