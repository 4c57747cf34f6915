import { showJson } from '@wasm-plugin/runtime/text'

const WIDTH = 100

/**
 * JSON for people: on one line what fits on one line, the rest indented by two. Bigints are printed in full, and what a
 * terminal would not print is escaped.
 */
export function formatJson(value: unknown, indent = ''): string {
  const short = oneLine(value)
  if (indent.length + short.length <= WIDTH || typeof value !== 'object' || value === null) return short
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${formatJson(item, inner)}`)
    return `[\n${items.join(',\n')}\n${indent}]`
  }
  const fields = Object.entries(value).map(
    ([key, item]) => `${inner}${textOf(key)}: ${formatJson(item, inner)}`,
  )
  return `{\n${fields.join(',\n')}\n${indent}}`
}

function oneLine(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return textOf(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  const fields = Object.entries(value).map(([key, item]) => `${textOf(key)}: ${oneLine(item)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

const textOf = (value: unknown) => showJson(JSON.stringify(value) ?? 'null')
