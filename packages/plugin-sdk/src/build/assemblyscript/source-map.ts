import { readSections, type Section } from '../../wasm/sections.js'

const CODE_SECTION = 10

/**
 * The source map of a core module for the module as the component holds it: the same code, somewhat further on,
 * because exports got longer names. Null if the code is not the same.
 *
 * @param map Version 3, whose columns are byte offsets in `core`; a module is one line.
 * @param embedded The module out of the component.
 */
export function moveSourceMap(map: string, core: Uint8Array, embedded: Uint8Array): string | null {
  const [from, to] = [codeOf(core), codeOf(embedded)]
  if (from === undefined || to === undefined || Buffer.compare(from.body, to.body) !== 0) return null
  const parsed = JSON.parse(map) as { mappings: string; sourceRoot?: string }
  const moved = shiftFirst(parsed.mappings, offsetIn(embedded, to) - offsetIn(core, from))
  // The compiler names its own output here; the sources are relative to the project, and the map has their text.
  return JSON.stringify({ ...parsed, sourceRoot: '', mappings: moved })
}

function codeOf(module: Uint8Array): Section | undefined {
  return readSections(module).find(({ id }) => id === CODE_SECTION)
}

/** Sections are views of the module that they are in. */
function offsetIn(module: Uint8Array, { body }: Section): number {
  return body.byteOffset - module.byteOffset
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const MORE = 32

/** Columns are relative to the one before, so adding to the first moves all. Numbers are base 64 VLQ, sign last. */
function shiftFirst(mappings: string, by: number): string {
  let value = 0
  let at = 0
  for (let shift = 0; ; shift += 5) {
    const digit = DIGITS.indexOf(mappings.charAt(at++))
    if (digit < 0) return mappings
    value |= (digit & (MORE - 1)) << shift
    if (digit < MORE) break
  }
  const column = (value & 1 ? -(value >> 1) : value >> 1) + by
  return encodeVlq(column) + mappings.slice(at)
}

function encodeVlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    const digit = rest & (MORE - 1)
    rest >>>= 5
    text += DIGITS[rest > 0 ? digit | MORE : digit]
  } while (rest > 0)
  return text
}
