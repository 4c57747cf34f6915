import { ByteWriter } from './byte-writer.js'
import { readSections, SectionId } from './core-sections.js'

/**
 * Puts a source map into a module that is about to be compiled, where debuggers look for it. What was done to the module has left
 * its code as it was, and has moved it as a whole.
 *
 * @param original the module as its author has it, which the map is of
 */
export function withSourceMap(bytes: Uint8Array, original: Uint8Array, sourceMap: string): Uint8Array {
  const moved = codeOf(bytes) - codeOf(original)
  const map = shifted(sourceMap, moved)
  if (map === undefined) return bytes
  const utf8 = new TextEncoder()
  const body = new ByteWriter()
  body.name(utf8.encode('sourceMappingURL'))
  body.name(utf8.encode(`data:application/json;base64,${base64(utf8.encode(map))}`))
  const output = new ByteWriter(bytes.length + body.length + 16)
  output.bytes(bytes)
  output.section(SectionId.CUSTOM, body.written)
  return output.written
}

/** Where the content of the code section begins. */
function codeOf(bytes: Uint8Array): number {
  return readSections(bytes, 0).find(({ id }) => id === SectionId.CODE)?.body ?? 0
}

/** A map of one line, whose columns are offsets: all but the first are counted from the one before. Undefined for what is none. */
function shifted(text: string, by: number): string | undefined {
  try {
    const map = JSON.parse(text) as Record<string, unknown>
    const { version, mappings } = map
    if (version !== 3 || typeof mappings !== 'string' || mappings === '' || mappings.startsWith(';'))
      return undefined
    const { value, length } = readVlq(mappings)
    return JSON.stringify({ ...map, mappings: `${writeVlq(value + by)}${mappings.slice(length)}` })
  } catch {
    return undefined
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function readVlq(text: string): { value: number; length: number } {
  let [sum, factor, length] = [0, 1, 0]
  for (let digit = 32; digit >= 32; factor *= 32) {
    digit = DIGITS.indexOf(text.charAt(length++))
    if (digit < 0 || length > 7) throw new Error('it is no number')
    sum += (digit % 32) * factor
  }
  return { value: sum % 2 === 0 ? sum / 2 : -(sum - 1) / 2, length }
}

function writeVlq(value: number): string {
  let rest = value < 0 ? -2 * value + 1 : 2 * value
  let text = ''
  do {
    const digit = rest % 32
    rest = Math.floor(rest / 32)
    text += DIGITS.charAt(rest > 0 ? digit + 32 : digit)
  } while (rest > 0)
  return text
}

/** Bytes that are made text in one go. */
const CHUNK = 3 * 8_192

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)))
  return text
}
