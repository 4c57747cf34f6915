import { concatBytes, leb, readLeb, readSections, writeSections } from './sections.js'

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
  const count = readLeb(body, 0)
  let at = count.next
  for (let i = 0; i < count.value; i++) {
    const length = readLeb(body, at)
    const nameEnd = length.next + length.value
    // One byte for the kind of export, then its index.
    const end = readLeb(body, nameEnd + 1).next
    const name = new TextDecoder().decode(body.subarray(length.next, nameEnd))
    for (const newName of namesOf(name)) {
      const encoded = new TextEncoder().encode(newName)
      entries.push(Uint8Array.from(leb(encoded.length)), encoded, body.subarray(nameEnd, end))
    }
    at = end
  }
  return concatBytes([Uint8Array.from(leb(entries.length / 3)), ...entries])
}
