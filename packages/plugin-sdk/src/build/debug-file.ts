import { createHash } from 'node:crypto'
import {
  concatBytes,
  customSection,
  leb,
  parseCustom,
  readSections,
  type Section,
  writeSections,
} from '../wasm/sections.js'

/** A component as it is shipped, and what tells of its faults where they were. */
export interface Split {
  readonly component: Uint8Array<ArrayBuffer>
  /** The same with debug information; null where there was none. */
  readonly debug: Uint8Array<ArrayBuffer> | null
}

/** Section of a component that holds a core module. */
const CORE_MODULE = 1
/** Bytes of a build id. */
const ID_BYTES = 20

/** Of tools, and of functions. */
const REMARKS: ReadonlySet<string | undefined> = new Set(['name', 'producers', 'target_features'])

/**
 * Takes debug information out of a component, and as well, when `remarks` is set, what else tools strip of a core module. Both get the same
 * `build_id`, a custom section of the tool conventions, by which they are known to belong together.
 */
export function splitDebug(whole: Uint8Array<ArrayBuffer>, remarks: boolean): Split {
  let hasLines = false
  const sections = readSections(whole).map((section) => {
    if (section.id !== CORE_MODULE) return section
    const kept = readSections(section.body).filter((inner) => {
      const name = parseCustom(inner)?.name
      hasLines ||= name === '.debug_line'
      return !name?.startsWith('.debug_') && !(remarks && REMARKS.has(name))
    })
    return { ...section, body: writeSections(section.body, kept) }
  })
  if (!hasLines) return { component: whole, debug: null }
  const stripped = writeSections(whole, sections)
  const id = buildId(stripped)
  return { component: withSection(stripped, id), debug: withSection(whole, id) }
}

/** Of the bytes that are shipped, so that equal sources have equal ones. */
function buildId(bytes: Uint8Array): Section {
  const id = createHash('sha256').update(bytes).digest().subarray(0, ID_BYTES)
  return customSection('build_id', concatBytes([Uint8Array.from(leb(id.length)), id]))
}

function withSection(component: Uint8Array, section: Section): Uint8Array<ArrayBuffer> {
  return writeSections(component, [...readSections(component), section])
}
