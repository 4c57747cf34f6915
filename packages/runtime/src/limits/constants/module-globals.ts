import type { ModuleDefinition } from '../../binary/definition.js'
import type { CoreReader } from '../core-reader.js'
import { ExternKind, readSections, SectionId, sectionReader } from '../core-sections.js'
import { type Constant, evaluate } from './evaluate.js'

/** Values of the immutable globals that a module exports, by name, when these are imported, in order. */
export function exportedGlobals(
  { bytes }: ModuleDefinition,
  imported: readonly (Constant | null)[],
  index: number,
): Map<string, Constant | null> {
  const globals = [...imported]
  const exported = new Map<string, Constant | null>()
  for (const section of readSections(bytes, index)) {
    const reader = sectionReader(bytes, section, index)
    if (section.id === SectionId.GLOBAL) readGlobals(reader, globals)
    if (section.id === SectionId.EXPORT) readExports(reader, globals, exported)
  }
  return exported
}

function readGlobals(reader: CoreReader, globals: (Constant | null)[]): void {
  for (let count = reader.u32(); count > 0; count--) {
    reader.skipValueType()
    const isMutable = reader.u8() !== 0
    const { value } = evaluate(reader, globals)
    globals.push(isMutable ? null : value)
  }
}

function readExports(
  reader: CoreReader,
  globals: readonly (Constant | null)[],
  exported: Map<string, Constant | null>,
): void {
  for (let count = reader.u32(); count > 0; count--) {
    const name = UTF8.decode(reader.take(reader.u32()))
    const kind = reader.u8()
    const index = reader.u32()
    if (kind === ExternKind.GLOBAL) exported.set(name, globals[index] ?? null)
  }
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
