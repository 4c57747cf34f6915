import type { Style } from '../output/style.js'

/** Two columns, the first as wide as its longest cell. */
export function columns(rows: readonly (readonly [string, string])[], style: Style, indent = '  '): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${indent}${style.cyan(left.padEnd(width))}  ${right}`)
}

/** A titled part of a help text, with an empty line before it; nothing when it would be empty. */
export function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(`${title}:`), ...lines]
}

export const DOCS = 'https://github.com/wasm-plugin/wasm-plugin/blob/main/docs/cli.md'
