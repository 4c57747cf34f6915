import {
  concatBytes,
  customSection,
  leb,
  readLeb,
  readSections,
  type Section,
  writeSections,
} from '../wasm/sections.js'
import type { BuildSettings, ComponentMetadata } from './settings.js'

/** Section that holds the manifest, so that one file is enough to load a plugin. */
export const MANIFEST_SECTION = 'wasm-plugin:manifest'

/** Sections of the tool conventions for registry metadata; each holds one UTF-8 string. */
const METADATA_SECTIONS = ['version', 'description', 'authors', 'licenses', 'source', 'homepage'] as const

/** Adds name, metadata and manifest to a component. Debug names of the toolchain go when `stripNames` is set. */
export function addMetadata(
  component: Uint8Array,
  settings: Pick<BuildSettings, 'name' | 'manifestBytes' | 'metadata'> & { stripNames: boolean },
): Uint8Array<ArrayBuffer> {
  const metadata: ComponentMetadata = settings.metadata ?? {}
  const replaced = new Set<string>([
    MANIFEST_SECTION,
    ...METADATA_SECTIONS.filter((key) => metadata[key] !== undefined),
  ])
  if (settings.stripNames) replaced.add('component-name')
  const sections = readSections(component).filter((section) => !replaced.has(customName(section)))
  if (settings.stripNames) sections.push(componentName(settings.name))
  for (const key of METADATA_SECTIONS) {
    const value = metadata[key]
    if (value !== undefined) sections.push(customSection(key, new TextEncoder().encode(value)))
  }
  if (settings.manifestBytes !== undefined)
    sections.push(customSection(MANIFEST_SECTION, settings.manifestBytes))
  return writeSections(component, sections)
}

/** Empty for a section that is not custom. */
function customName({ id, body }: Section): string {
  if (id !== 0) return ''
  const length = readLeb(body, 0)
  return new TextDecoder().decode(body.subarray(length.next, length.next + length.value))
}

/** The `component-name` section with the component's own name only (Binary.md, "Name Section"). */
function componentName(name: string): Section {
  const text = new TextEncoder().encode(name)
  const subsection = concatBytes([Uint8Array.from(leb(text.length)), text])
  return customSection(
    'component-name',
    concatBytes([Uint8Array.of(0, ...leb(subsection.length)), subsection]),
  )
}
