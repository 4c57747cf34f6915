import type { Steps } from '../binary/context.js'
import { isPlainText } from '../text/index.js'
import { CoreReader } from './core-reader.js'
import { type Section, SectionId, sectionReader } from './core-sections.js'

/** Subsections of the section `name` whose texts engines write into stacks. */
const MODULE_NAME = 0
const FUNCTION_NAMES = 1

const NAMES_PER_STEP = 1_024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Engines write the names of functions into the stacks of errors as they are: those of traps, and of errors of the
 * application below which a plugin was called. So a name in the binary has no character that does something where it
 * is printed: each becomes as many `?` as it had bytes. Names that cannot be read are left out.
 */
export function* plainNamesSteps(
  bytes: Uint8Array,
  sections: readonly Section[],
  module: number,
): Steps<Uint8Array> {
  let output = bytes
  for (const section of sections.filter(({ id }) => id === SectionId.CUSTOM)) {
    const edits = yield* editsOf(bytes, section, module)
    if (edits.length === 0) continue
    if (output === bytes) output = bytes.slice()
    for (const { start, text } of edits) output.set(text, start)
  }
  return output
}

interface Edit {
  readonly start: number
  readonly text: Uint8Array
}

function* editsOf(bytes: Uint8Array, section: Section, module: number): Steps<Edit[]> {
  const edits: Edit[] = []
  let start = section.body
  try {
    const reader = sectionReader(bytes, section, module)
    const name = readName(reader)
    if (decoder.decode(name.bytes) !== 'name') return []
    start = name.start
    while (!reader.done) yield* readSubsection(reader, module, edits)
    return edits
  } catch {
    // A custom section of another name means nothing to an engine.
    return start === section.body ? [] : [{ start, text: encoder.encode('-') }]
  }
}

function* readSubsection(reader: CoreReader, module: number, edits: Edit[]): Steps<void> {
  const id = reader.u8()
  const size = reader.u32()
  const { offset } = reader
  reader.skip(size)
  if (id !== MODULE_NAME && id !== FUNCTION_NAMES) return
  const body = new CoreReader(reader.bytes, module, offset, reader.offset)
  for (let count = id === MODULE_NAME ? 1 : body.u32(); count > 0; count--) {
    if (count % NAMES_PER_STEP === 0) yield
    if (id === FUNCTION_NAMES) body.u32()
    const name = readName(body)
    if (isAscii(name.bytes)) continue
    const text = plain(name.bytes)
    if (text !== null) edits.push({ start: name.start, text })
  }
  if (!body.done) throw body.malformed('names are longer than their entries')
}

function readName(reader: CoreReader): { readonly start: number; readonly bytes: Uint8Array } {
  const length = reader.u32()
  const start = reader.offset
  reader.skip(length)
  return { start, bytes: reader.bytes.subarray(start, start + length) }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e) return false
  return true
}

/** `null` for a name that is plain as it is. */
function plain(bytes: Uint8Array): Uint8Array | null {
  const text = decoder.decode(bytes)
  if (isPlainText(text)) return null
  const shown = [...text].map((c) => (isPlainText(c) ? c : '?'.repeat(encoder.encode(c).length))).join('')
  const changed = encoder.encode(shown)
  return changed.length === bytes.length ? changed : new Uint8Array(bytes.length).fill(0x3f)
}
