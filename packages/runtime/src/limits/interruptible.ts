import type { Steps } from '../binary/context.js'
import { ByteWriter } from './byte-writer.js'
import { isCodeMetadata } from './code-metadata.js'
import type { CoreReader } from './core-reader.js'
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
      yield* rewriteCode(output, bytes, section, { long, spaces, module })
    } else if (section.id !== SectionId.CUSTOM || !isCodeMetadata(reader)) {
      yield* copySteps(output, bytes, { from: section.start, to: section.end })
    }
  }
  return output.written
}

/** Bytes of the call that follows a long instruction, in a module of so many functions. */
export function pauseLength(functions: number): number {
  return callOf(functions).length
}

function callOf(func: number): number[] {
  return [CALL, ...unsigned(func)]
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
  output: ByteWriter,
  bytes: Uint8Array,
  section: Section,
  { long, spaces, module }: Rewriting,
): Steps<void> {
  const pause = spaces.importedFunctions + spaces.definedFunctions.length
  const call = Uint8Array.from(callOf(pause))
  const body = [0, ...size(spaces), IF, EMPTY, ...call, END, END]
  const last = [...unsigned(body.length), ...body]
  const reader = sectionReader(bytes, section, module)
  const count = reader.u32()
  const first = reader.offset

  let growth = 0
  yield* eachInterrupted(reader, { count, long }, ({ size, start, end, calls }) => {
    const grown = end - start + call.length * calls.length
    growth += unsigned(grown).length + grown - (end - size)
  })
  if (!reader.done) throw reader.malformed('section is longer than its entries')

  const head = unsigned(count + 1)
  output.byte(section.id)
  output.unsigned(head.length + section.end - first + growth + last.length)
  output.bytes(Uint8Array.from(head))
  let copied = first
  reader.offset = first
  yield* eachInterrupted(reader, { count, long }, function* ({ size, start, end, calls }) {
    yield* copySteps(output, bytes, { from: copied, to: size })
    output.unsigned(end - start + call.length * calls.length)
    copied = start
    for (const [i, at] of calls.entries()) {
      output.copy(bytes, copied, at)
      output.bytes(call)
      copied = at
      if (i % CALLS_PER_STEP === 0) yield
    }
  })
  yield* copySteps(output, bytes, { from: copied, to: section.end })
  output.bytes(Uint8Array.from(last))
}

/** A function with long instructions, as offsets. */
interface Interrupted {
  /** Where its size stands. */
  readonly size: number
  readonly start: number
  readonly end: number
  /** Behind the instructions. */
  readonly calls: readonly number[]
}

/** Passes the functions of a code section, and calls `use` for those that have long instructions. */
function* eachInterrupted(
  reader: CoreReader,
  { count, long }: { readonly count: number; readonly long: readonly number[] },
  use: (found: Interrupted) => Steps<void> | void,
): Steps<void> {
  let next = 0
  for (let i = 0; i < count; i++) {
    if (i % FUNCTIONS_PER_STEP === 0) yield
    const size = reader.offset
    const length = reader.u32()
    const start = reader.offset
    reader.skip(length)
    const end = reader.offset
    const from = next
    while (next < long.length && long[next]! <= end) next++
    if (next > from) yield* use({ size, start, end, calls: long.slice(from, next) }) ?? []
  }
}

const FUNCTIONS_PER_STEP = 1_024
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
