import { errors, type PluginError } from '../../errors/index.js'
import type { CoreReader } from '../core-reader.js'
import { type Engine, MAX_FUNCTION } from './engine.js'

type Fault = (detail: number, reader: CoreReader, engine: Engine) => PluginError

/** The error for what the engine found wrong at the reader. */
export function faultOf(engine: Engine, reader: CoreReader): PluginError {
  return FAULTS[engine.fault.value - 1]!(engine.detail.value, reader, engine)
}

const hex = (value: number) => `0x${value.toString(16)}`
/** One behind a prefix that is not known by its form either has the prefix 32 bits up. */
const shownOpcode = (opcode: number) =>
  opcode < 2 ** 32 ? hex(opcode) : `${hex(Math.floor(opcode / 2 ** 32))} ${opcode % 2 ** 32}`
const tooMany =
  (what: string): Fault =>
  (count, reader) =>
    reader.unsupported(`a function with ${count} ${what}`)

/** As `Fault` in `assembly/reader.ts` numbers them, from 1 on. */
const FAULTS: readonly Fault[] = [
  (_, reader) => reader.malformed('unexpected end'),
  (bits, reader) => reader.malformed(`LEB128 does not fit ${bits} bits`),
  (_, reader) => reader.malformed('malformed alignment'),
  (depth, reader) => reader.malformed(`there is no label ${depth}`),
  (code, reader) => reader.unsupported(`value type ${hex(code)}`),
  (code, reader) => reader.unsupported(`heap type ${hex(code)}`),
  (opcode, reader) => reader.unsupported(`the instruction ${shownOpcode(opcode)}`),
  (kind, reader) => reader.unsupported(`catch clause ${hex(kind)}`),
  tooMany('groups of locals'),
  tooMany('blocks in each other'),
  tooMany('catch clauses'),
  tooMany('targets of a branch'),
  (value, { module }, { index }) =>
    errors.COMPILE_COST_EXCEEDED({ module, func: index.value - 1, value, max: MAX_FUNCTION }),
]
