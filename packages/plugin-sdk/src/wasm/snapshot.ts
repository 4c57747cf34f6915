import { BinaryReader } from '@wasm-plugin/runtime/internal'
import { ExportKind, readExports, writeExports } from './exports.js'
import { concatBytes, leb, readSections, type Section, writeSections } from './sections.js'
import { signedLeb } from './signed-leb.js'

const Id = { MEMORY: 5, GLOBAL: 6, EXPORT: 7, START: 8, DATA: 11, DATA_COUNT: 12 } as const
const Type = { I32: 0x7f, I64: 0x7e } as const
const Op = { I32_CONST: 0x41, I64_CONST: 0x42, END: 0x0b } as const
const PAGE_BYTES = 65_536
/** A hole of fewer zeros costs less than a segment of its own. */
const MIN_HOLE = 32

export interface SnapshotOptions {
  readonly imports: WebAssembly.Imports
  /** Brings the instance into the state to keep. */
  start(instance: WebAssembly.Instance): void
  /** Exports that have done their work. */
  readonly drop: readonly string[]
}

/**
 * Runs a core module and makes one whose instances begin where that instance was: with its memory and its globals.
 * What cannot be kept, tables and segments that are not copied at the start, must not change meanwhile.
 */
export function takeSnapshot(
  module: Uint8Array<ArrayBuffer>,
  { imports, start, drop }: SnapshotOptions,
): Uint8Array<ArrayBuffer> {
  const sections = readSections(module)
  const globals = readGlobals(bodyOf(sections, Id.GLOBAL))
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(withExports(module, sections, globals)),
    imports,
  )
  start(instance)
  const memory = new Uint8Array((instance.exports['memory'] as WebAssembly.Memory).buffer)
  const segments = segmentsOf(memory)
  const kept = readExports(bodyOf(sections, Id.EXPORT)).filter(({ name }) => !drop.includes(name))
  const changed = new Map<number, Uint8Array>([
    [Id.MEMORY, withPages(bodyOf(sections, Id.MEMORY), memory.length / PAGE_BYTES)],
    [Id.GLOBAL, writeGlobals(globals, instance)],
    [Id.EXPORT, writeExports(kept)],
    [Id.DATA_COUNT, Uint8Array.from(leb(segments.length))],
    [Id.DATA, writeSegments(memory, segments)],
  ])
  return writeSections(
    module,
    sections
      .filter(({ id }) => id !== Id.START)
      .map((section) => ({ id: section.id, body: changed.get(section.id) ?? section.body })),
  )
}

function bodyOf(sections: readonly Section[], id: number): Uint8Array {
  return sections.find((section) => section.id === id)?.body ?? Uint8Array.of(0)
}

interface Global {
  readonly type: number
  readonly isMutable: boolean
  readonly bytes: Uint8Array
}

/** The module imports no globals, so a position here is an index. */
function readGlobals(body: Uint8Array): Global[] {
  const reader = new BinaryReader(body)
  return Array.from({ length: reader.u32() }, () => {
    const start = reader.offset
    const type = reader.u8()
    const isMutable = reader.u8() === 1
    if (type !== Type.I32 && type !== Type.I64) throw new Error(`a global of type ${type} cannot be kept`)
    const operator = reader.u8()
    if (operator !== Op.I32_CONST && operator !== Op.I64_CONST)
      throw new Error('a global that is not a constant cannot be kept')
    while (reader.u8() >= 0x80);
    reader.u8() // The end of the expression.
    return { type, isMutable, bytes: body.subarray(start, reader.offset) }
  })
}

const globalName = (index: number) => `wasm-plugin:global ${index}`

function withExports(module: Uint8Array, sections: readonly Section[], globals: readonly Global[]) {
  const added = globals.flatMap(({ isMutable }, index) =>
    isMutable ? [{ name: globalName(index), kind: ExportKind.GLOBAL, index }] : [],
  )
  const body = writeExports([...readExports(bodyOf(sections, Id.EXPORT)), ...added])
  return writeSections(
    module,
    sections.map((section) => (section.id === Id.EXPORT ? { id: section.id, body } : section)),
  )
}

function writeGlobals(globals: readonly Global[], { exports }: WebAssembly.Instance): Uint8Array {
  const entries = globals.map(({ type, isMutable, bytes }, index) => {
    if (!isMutable) return bytes
    const { value } = exports[globalName(index)] as WebAssembly.Global
    const constant = type === Type.I32 ? Op.I32_CONST : Op.I64_CONST
    return Uint8Array.of(type, 1, constant, ...signedLeb(BigInt(value)), Op.END)
  })
  return concatBytes([Uint8Array.from(leb(globals.length)), ...entries])
}

/** The one memory of the module, with its limit, if it has one. */
function withPages(body: Uint8Array, pages: number): Uint8Array {
  const reader = new BinaryReader(body)
  reader.u32()
  const flags = reader.u8()
  reader.u32()
  return concatBytes([Uint8Array.of(1, flags, ...leb(pages)), body.subarray(reader.offset)])
}

type Range = readonly [from: number, to: number]

/** Stretches of memory that are not zero, but for small holes. */
function segmentsOf(memory: Uint8Array): Range[] {
  const words = new BigUint64Array(memory.buffer)
  const ranges: Range[] = []
  let from = -1
  let last = 0
  for (let i = 0; i < words.length; i++) {
    if (words[i] === 0n) continue
    const at = i * 8
    if (from < 0) from = at
    else if (at - last > MIN_HOLE) {
      ranges.push([from, last])
      from = at
    }
    last = at + 8
  }
  return from < 0 ? ranges : [...ranges, [from, last]]
}

function writeSegments(memory: Uint8Array, segments: readonly Range[]): Uint8Array {
  return concatBytes([
    Uint8Array.from(leb(segments.length)),
    ...segments.flatMap(([from, to]) => [
      Uint8Array.of(
        0,
        Op.I32_CONST,
        ...signedLeb(BigInt.asIntN(32, BigInt(from))),
        Op.END,
        ...leb(to - from),
      ),
      memory.subarray(from, to),
    ]),
  ])
}
