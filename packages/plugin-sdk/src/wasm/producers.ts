import { PluginError } from '@wasm-plugin/runtime'
import { BinaryReader, type CheckedComponent } from '@wasm-plugin/runtime/internal'
import { showText } from '@wasm-plugin/runtime/text'
import { concatBytes, encodeName, leb, parseCustom, readSections } from './sections.js'

/** The section of the tool conventions that says which tools made a module or component (ProducersSection.md). */
export const PRODUCERS_SECTION = 'producers'

/** Tools that made a component, by role: `language`, `processed-by`, `sdk`. */
export type Producers = ReadonlyMap<string, readonly Producer[]>

export interface Producer {
  readonly name: string
  /** Empty where there is none. */
  readonly version: string
}

/**
 * Collects the `producers` sections of a component and of its core modules. A section that is not well formed says
 * nothing: it is a remark of a tool, and nothing depends on it.
 */
export function readProducers({ customSections, coreModules }: CheckedComponent): Producers {
  const own = customSections.filter(({ name }) => name === PRODUCERS_SECTION).map(({ bytes }) => bytes)
  const inner = coreModules.flatMap(({ bytes }) => unlessMalformed(() => producersSectionsOf(bytes)) ?? [])
  return joinProducers([...own, ...inner].map(parseProducers))
}

/** One section's tools; none if it is not well formed. */
export function parseProducers(section: Uint8Array): Producers {
  return unlessMalformed(() => parse(new BinaryReader(section))) ?? new Map()
}

/** Each tool once per role, in the order of their first mention. */
export function joinProducers(all: readonly Producers[]): Producers {
  const joined = new Map<string, Map<string, Producer>>()
  for (const [role, tools] of all.flatMap((producers) => [...producers])) {
    const known = joined.get(role) ?? new Map<string, Producer>()
    for (const tool of tools) known.set(`${tool.name} ${tool.version}`, tool)
    joined.set(role, known)
  }
  return new Map([...joined].map(([role, tools]) => [role, [...tools.values()]]))
}

/** Payload of a `producers` section. */
export function encodeProducers(producers: Producers): Uint8Array {
  const count = (items: { readonly length: number }) => Uint8Array.from(leb(items.length))
  const fields = [...producers].map(([role, tools]) => {
    const values = tools.flatMap(({ name, version }) => [encodeName(name), encodeName(version)])
    return concatBytes([encodeName(role), count(tools), ...values])
  })
  return concatBytes([count(fields), ...fields])
}

/** More tools than any chain has; what follows is noise. */
const MAX_ENTRIES = 100
const MAX_NAME_BYTES = 1000

function parse(reader: BinaryReader): Producers {
  const producers = new Map<string, Producer[]>()
  const text = () => showText(reader.name(MAX_NAME_BYTES))
  const count = () => Math.min(reader.count(), MAX_ENTRIES)
  for (let fields = count(); fields > 0; fields--) {
    const role = text()
    const tools: Producer[] = []
    for (let values = count(); values > 0; values--) tools.push({ name: text(), version: text() })
    producers.set(role, tools)
  }
  return producers
}

function producersSectionsOf(module: Uint8Array): Uint8Array[] {
  return readSections(module).flatMap((section) => {
    const custom = parseCustom(section)
    return custom?.name === PRODUCERS_SECTION ? [custom.payload] : []
  })
}

function unlessMalformed<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (PluginError.is(error)) return null
    throw error
  }
}
