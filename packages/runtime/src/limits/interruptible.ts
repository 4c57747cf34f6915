import type { Steps } from '../binary/context.js'
import { ByteWriter } from './byte-writer.js'
import { isCodeMetadata } from './code-metadata.js'
import { PREAMBLE_LENGTH, readSections, type Section, SectionId, sectionReader } from './core-sections.js'
import { type IndexSpaces, readIndexSpaces } from './fuel/index-spaces.js'
import { copySteps } from './steps.js'

/**
 * Lets a thread be ended between two instructions that take long. An engine looks whether it was told to stop where a
 * function begins, and in loops; but V8's first tier does so only after so many bytes of a loop's code have run, which a loop
 * around one `memory.fill` reaches after hours, and code without loops never. So each of them is followed by a call
 * of a function that does nothing.
 *
 * @param long offsets behind the instructions, in ascending order
 * @param module index of the module in the component, for messages
 */
export function* interruptibleSteps(
  bytes: Uint8Array,
  long: readonly number[],
  module: number,
): Steps<Uint8Array> {
  if (long.length === 0) return bytes
  const sections = readSections(bytes, module)
  const spaces = readIndexSpaces(bytes, sections, { module })
  const output = new ByteWriter(bytes.length + 6 * long.length + 64)
  output.bytes(bytes.subarray(0, PREAMBLE_LENGTH))
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    if (section.id === SectionId.TYPE) {
      append(output, bytes, section, { module, entry: [0x60, 0, 0] })
    } else if (section.id === SectionId.FUNCTION) {
      append(output, bytes, section, { module, entry: unsigned(spaces.parameters.length) })
    } else if (section.id === SectionId.CODE) {
      const code = yield* rewriteCode(bytes, section, { long, spaces, module })
      output.byte(section.id)
      output.unsigned(code.length)
      yield* copySteps(output, code.written, { from: 0, to: code.length })
    } else if (section.id !== SectionId.CUSTOM || !isCodeMetadata(reader)) {
      yield* copySteps(output, bytes, { from: section.start, to: section.end })
    }
  }
  return output.written
}

/** A section with one more entry. */
function append(
  output: ByteWriter,
  bytes: Uint8Array,
  section: Section,
  { module, entry }: { module: number; entry: readonly number[] },
): void {
  const reader = sectionReader(bytes, section, module)
  const body = new ByteWriter(section.end - section.body + 16)
  body.unsigned(reader.u32() + 1)
  body.copy(bytes, reader.offset, section.end)
  body.bytes(Uint8Array.from(entry))
  output.section(section.id, body.written)
}

interface Rewriting {
  readonly long: readonly number[]
  readonly spaces: IndexSpaces
  readonly module: number
}

function* rewriteCode(
  bytes: Uint8Array,
  section: Section,
  { long, spaces, module }: Rewriting,
): Steps<ByteWriter> {
  const reader = sectionReader(bytes, section, module)
  const pause = spaces.importedFunctions + spaces.definedFunctions.length
  const call = Uint8Array.of(CALL, ...unsigned(pause))
  const output = new ByteWriter(section.end - section.body + (call.length + 1) * long.length + 64)
  const count = reader.u32()
  output.unsigned(count + 1)
  let next = 0
  for (let i = 0; i < count; i++) {
    if (i % FUNCTIONS_PER_STEP === 0) yield
    const size = reader.u32()
    let copied = reader.offset
    reader.skip(size)
    const first = next
    while (next < long.length && long[next]! <= reader.offset) next++
    output.unsigned(size + call.length * (next - first))
    for (let at = first; at < next; at++) {
      output.copy(bytes, copied, long[at]!)
      output.bytes(call)
      copied = long[at]!
      if (at % CALLS_PER_STEP === 0) yield
    }
    output.copy(bytes, copied, reader.offset)
  }
  const body = [0, ...size(spaces), IF, EMPTY, ...call, END, END]
  output.unsigned(body.length)
  output.bytes(Uint8Array.from(body))
  return output
}

const FUNCTIONS_PER_STEP = 256
const CALLS_PER_STEP = 1_024

const IF = 0x04
const EMPTY = 0x40
const END = 0x0b
const CALL = 0x10

/**
 * Whether a memory or table has a size that none has: what the function calls itself for, so that no compiler can leave
 * out the look at its beginning, as they do for functions that call nothing.
 */
function size({ wideMemories, wideTables }: IndexSpaces): number[] {
  const hasMemory = wideMemories.length > 0
  const isWide = hasMemory ? wideMemories[0] : wideTables[0]
  const equalsMinusOne = isWide ? [0x42, 0x7f, 0x51] : [0x41, 0x7f, 0x46]
  return [...(hasMemory ? [0x3f, 0] : [0xfc, 0x10, 0]), ...equalsMinusOne]
}

function unsigned(value: number): number[] {
  const writer = new ByteWriter(8)
  writer.unsigned(value)
  return [...writer.written]
}
