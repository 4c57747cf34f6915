import { showText } from '@wasm-plugin/runtime/text'

/**
 * A result of a command as it may be rendered: every text in it was chosen by a plugin, a project or a contract, and
 * stands on one line afterwards, with everything in it visible.
 *
 * @param raw Fields of the result that its rendering shows itself, because they have lines of their own.
 */
export function shownResult<R>(result: R, raw: readonly string[]): R {
  if (!isObject(result)) return shown(result) as R
  const entries = Object.entries(result).map(([key, value]) => [
    key,
    raw.includes(key) ? value : shown(value),
  ])
  return Object.fromEntries(entries) as R // Each field keeps its type.
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return showText(value).replace(RUN_OF_BLANKS, '  ')
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [shown(key), shown(item)]))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [showText(key), shown(item)]))
}

/** Enough of them fill up a line of a terminal, and what follows stands where our own lines begin. */
const RUN_OF_BLANKS = /[\p{Zs}\u2800]{3,}/gu

/** Bytes are shown by nobody, and stay what they are. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}
