import { BinaryReader } from '@wasm-plugin/runtime'
import { concatBytes, encodeName, leb, MAX_NAME_BYTES, readSections, writeSections } from './sections.js'

const EXPORT_SECTION = 7

/**
 * Rewrites the export section of a core module. AssemblyScript exports identifiers only, and the canonical ABI wants
 * names such as `acme:site/render@0.1.0#render`. One export may get several names; one without names is dropped.
 */
export function renameExports(
  module: Uint8Array,
  namesOf: (name: string) => readonly string[],
): Uint8Array<ArrayBuffer> {
  const sections = readSections(module).map((section) =>
    section.id === EXPORT_SECTION ? { id: section.id, body: renamed(section.body, namesOf) } : section,
  )
  return writeSections(module, sections)
}

function renamed(body: Uint8Array, namesOf: (name: string) => readonly string[]): Uint8Array {
  const entries: Uint8Array[] = []
  const reader = new BinaryReader(body)
  for (let left = reader.count(); left > 0; left--) {
    const names = namesOf(reader.name(MAX_NAME_BYTES))
    const kind = reader.u8()
    const index = Uint8Array.of(kind, ...leb(reader.u32()))
    for (const name of names) entries.push(concatBytes([encodeName(name), index]))
  }
  return concatBytes([Uint8Array.from(leb(entries.length)), ...entries])
}
