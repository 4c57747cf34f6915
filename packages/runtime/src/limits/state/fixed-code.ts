import type { Steps } from '../../binary/context.js'
import { CoreReader } from '../core-reader.js'
import { type Section, SectionId, sectionReader } from '../core-sections.js'

/**
 * What the code of a core module changes that cannot be read from outside, in words; undefined where it changes nothing but
 * memories and globals. What it never does need not be saved: tables are what its segments make of them then.
 */
export function* hiddenChange(
  bytes: Uint8Array,
  sections: readonly Section[],
  module: number,
): Steps<string | undefined> {
  const code = sections.find(({ id }) => id === SectionId.CODE)
  // Each of those needs a table or a segment.
  if (code === undefined || !sections.some(({ id }) => CHANGEABLE.has(id))) return undefined
  const reader = sectionReader(bytes, code, module)
  for (let count = reader.u32(), i = 0; count > 0; count--, i++) {
    if (i % FUNCTIONS_PER_STEP === 0) yield
    const size = reader.u32()
    const body = new CoreReader(bytes, module, reader.offset, reader.offset + size)
    reader.skip(size)
    const change = yield* changeIn(body)
    if (change !== undefined) return change
  }
  return undefined
}

function* changeIn(body: CoreReader): Steps<string | undefined> {
  for (let groups = body.u32(); groups > 0; groups--) {
    body.u32()
    body.skipValueType()
  }
  for (let i = 1; !body.done; i++) {
    if (i % INSTRUCTIONS_PER_STEP === 0) yield
    const opcode = body.opcode()
    const change = CHANGES.get(opcode)
    if (change !== undefined) return change
    body.skipImmediates(opcode)
  }
  return undefined
}

const FUNCTIONS_PER_STEP = 256
const INSTRUCTIONS_PER_STEP = 16_384

/** An imported table is counted by who imports it: see `hiddenState`. */
const CHANGEABLE: ReadonlySet<number> = new Set([
  SectionId.IMPORT,
  SectionId.TABLE,
  SectionId.ELEMENT,
  SectionId.DATA_COUNT,
])

const TABLE = 'changes its tables'
const SEGMENTS = 'drops its segments'

const CHANGES: ReadonlyMap<number, string> = new Map([
  [0x26, TABLE], // table.set
  [0xfc_0009, SEGMENTS], // data.drop
  [0xfc_000c, TABLE], // table.init
  [0xfc_000d, SEGMENTS], // elem.drop
  [0xfc_000e, TABLE], // table.copy
  [0xfc_000f, TABLE], // table.grow
  [0xfc_0011, TABLE], // table.fill
])
