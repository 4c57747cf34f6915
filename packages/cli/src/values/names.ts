/** `max-size` → `maxSize`, as the host names fields, flags and functions. */
export { camelCase } from '@wasm-plugin/runtime'
