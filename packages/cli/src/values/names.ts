/** `max-size` → `maxSize`, as the host names fields, flags and functions. */
export { camelCase, memberName } from '@wasm-plugin/runtime/internal'
