import type { CheckedComponent } from '../../binary/definition.js'
import { ByteWriter } from '../byte-writer.js'
import { ConstantSections, hasConstants } from '../constant-sections.js'
import type { CoreReader } from '../core-reader.js'
import { PREAMBLE_LENGTH, readSections, sectionReader } from '../core-sections.js'
import { type Constant, evaluate, I32_CONST, I64_CONST } from './evaluate.js'
import { type ImportedGlobals, importedGlobals } from './imported-globals.js'

/**
 * The core modules of a component, those that have constant expressions which compute with the values in their place,
 * for an engine that does not compute. An expression whose value is not known stays, and is refused by the engine.
 *
 * @throws {INVALID_CORE_MODULE} {UNSUPPORTED_FEATURE} for sections that cannot be read
 */
export function lowerConstants(checked: CheckedComponent): Uint8Array[] {
  const modules = checked.coreModules.map(({ bytes }) => bytes)
  if (!modules.some((bytes, index) => lower(bytes, { index, imported: [] }) !== bytes)) return modules
  const imported = importedGlobals(checked)
  return modules.map((bytes, index) => lower(bytes, { index, imported: imported.get(index) ?? [] }))
}

interface Place {
  /** Of the module in the component, for messages. */
  readonly index: number
  readonly imported: ImportedGlobals
}

/** The bytes themselves, if nothing in them computes. */
function lower(bytes: Uint8Array, { index, imported }: Place): Uint8Array {
  const output = new ByteWriter(64)
  let copied = 0
  for (const section of readSections(bytes, index)) {
    if (!hasConstants(section.id)) continue
    const body = new Lowering(sectionReader(bytes, section, index), imported).lowered(section.id)
    if (body === null) continue
    output.copy(bytes, copied, section.start)
    output.section(section.id, body)
    copied = section.end
  }
  if (copied <= PREAMBLE_LENGTH) return bytes
  output.copy(bytes, copied, bytes.length)
  return output.written
}

class Lowering extends ConstantSections {
  private readonly output = new ByteWriter()
  private copied: number
  private changes = false

  constructor(
    reader: CoreReader,
    private readonly imported: ImportedGlobals,
  ) {
    super(reader)
    this.copied = reader.offset
  }

  /** The section's body; null if it stays as it is. */
  lowered(id: number): Uint8Array | null {
    this.section(id)
    if (!this.changes) return null
    this.output.copy(this.reader.bytes, this.copied, this.reader.offset)
    return this.output.written
  }

  protected expression(): void {
    const { reader, output } = this
    const start = reader.offset
    const { computes, value } = evaluate(reader, this.imported)
    if (!computes) return
    this.changes = true
    if (value === null) return
    output.copy(reader.bytes, this.copied, start)
    writeConstant(output, value)
    this.copied = reader.offset
  }
}

function writeConstant(output: ByteWriter, { type, value }: Constant): void {
  output.byte(type === 'i32' ? I32_CONST : I64_CONST)
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const last = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40)
    output.byte(last ? low : low | 0x80)
    if (last) break
  }
  output.byte(0x0b)
}
