import { MANIFEST_SECTION } from '@wasm-plugin/manifest/names'
import type { CheckedComponent } from '@wasm-plugin/runtime/internal'
import { showText } from '@wasm-plugin/runtime/text'
import { sdkVersion } from '../assets.js'
import {
  encodeProducers,
  joinProducers,
  PRODUCERS_SECTION,
  type Producers,
  parseProducers,
} from '../wasm/producers.js'
import {
  concatBytes,
  customSection,
  encodeName,
  leb,
  parseCustom,
  readSections,
  type Section,
  writeSections,
} from '../wasm/sections.js'
import type { BuildSettings, ComponentMetadata, LanguageOutput } from './settings.js'

/** Sections of the tool conventions for registry metadata; each holds one UTF-8 string. */
const METADATA_SECTIONS = [
  'version',
  'description',
  'authors',
  'licenses',
  'source',
  'homepage',
  'revision',
] as const satisfies (keyof ComponentMetadata)[]

/** Characters of one text that are shown. */
const MAX_TEXT = 500

/** Adds name, metadata, tools and manifest to a component. Debug names of the toolchain go when `stripNames` is set. */
export function addMetadata(
  output: Pick<LanguageOutput, 'component' | 'producers' | 'metadata'>,
  settings: Pick<BuildSettings, 'name' | 'manifestBytes' | 'metadata'> & { stripNames: boolean },
): Uint8Array<ArrayBuffer> {
  const added = new Map<string, Uint8Array>()
  for (const key of METADATA_SECTIONS) {
    const value = settings.metadata?.[key] ?? output.metadata?.[key]
    if (value !== undefined) added.set(key, new TextEncoder().encode(value))
  }
  if (settings.manifestBytes !== undefined) added.set(MANIFEST_SECTION, settings.manifestBytes)
  if (settings.stripNames) added.set('component-name', componentName(settings.name))
  const given = readSections(output.component)
  added.set(
    PRODUCERS_SECTION,
    encodeProducers(joinProducers([...producersOf(given), ...ownProducers(output)])),
  )
  const kept = given.filter((section) => !added.has(parseCustom(section)?.name ?? ''))
  return writeSections(output.component, [
    ...kept,
    ...[...added].map(([name, payload]) => customSection(name, payload)),
  ])
}

/** What a component says about itself. The text is a plugin's: one line each, of which everything can be seen. */
export function readMetadata({ customSections }: CheckedComponent): ComponentMetadata {
  const found: Partial<Record<keyof ComponentMetadata, string>> = {}
  for (const key of METADATA_SECTIONS) {
    const section = customSections.find(({ name }) => name === key)
    if (section !== undefined) found[key] = showText(new TextDecoder().decode(section.bytes), MAX_TEXT)
  }
  return found
}

function producersOf(sections: readonly Section[]): Producers[] {
  const customs = sections.map(parseCustom)
  return customs.flatMap((custom) =>
    custom?.name === PRODUCERS_SECTION ? [parseProducers(custom.payload)] : [],
  )
}

function ownProducers({ producers = new Map() }: Pick<LanguageOutput, 'producers'>): Producers[] {
  return [producers, new Map([['processed-by', [{ name: 'wasm-plugin', version: sdkVersion() }]]])]
}

/** The `component-name` section with the component's own name only (Binary.md, "Name Section"). */
function componentName(name: string): Uint8Array {
  const subsection = encodeName(name)
  return concatBytes([Uint8Array.of(0, ...leb(subsection.length)), subsection])
}
