import { readSections, writeSections } from './sections.js'

const CORE_MODULE = 1
const COMPONENT = 4

/** Rewrites the core modules of a component, those of nested components included; `index` is in binary order. */
export function mapModules(
  component: Uint8Array,
  change: (module: Uint8Array, index: number) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  let index = 0
  const visit = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const sections = readSections(bytes).map((section) => {
      if (section.id === CORE_MODULE) return { id: section.id, body: change(section.body, index++) }
      return section.id === COMPONENT ? { id: section.id, body: visit(section.body) } : section
    })
    return writeSections(bytes, sections)
  }
  return visit(component)
}
