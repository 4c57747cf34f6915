import { readExports, writeExports } from './exports.js'
import { readSections, writeSections } from './sections.js'

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
  const entries = readExports(body).flatMap((entry) =>
    namesOf(entry.name).map((name) => ({ ...entry, name })),
  )
  return writeExports(entries)
}
