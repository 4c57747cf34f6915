/** WIT names as JavaScript has them: `reading-minutes` is `readingMinutes`, or `ReadingMinutes` for a type. */
export { camelCase, memberName, pascalCase, staticName } from '@wasm-plugin/runtime/internal'
