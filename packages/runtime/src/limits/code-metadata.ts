import type { CoreReader } from './core-reader.js'

/** Custom sections with offsets of instructions: hints to the engine, which are wrong when code has moved. */
const PREFIX = 'metadata.code.'

/** Whether a custom section, at whose body `reader` stands, is one of those. */
export function isCodeMetadata(reader: CoreReader): boolean {
  const length = reader.u32()
  if (length < PREFIX.length || length > 256) return false
  const start = reader.offset
  reader.skip(length)
  return String.fromCharCode(...reader.bytes.subarray(start, start + PREFIX.length)) === PREFIX
}
