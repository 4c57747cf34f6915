import type { Component } from '@wasm-plugin/runtime'
import { type CustomSection, decodeComponent } from '@wasm-plugin/runtime/internal'
import { dwarfModule } from '../frames/dwarf-module.js'
import type { DebugInformation } from '../frames/frame-finder.js'
import type { CodeInformation } from '../frames/function-finder.js'
import type { PluginSource } from '../plugin-source.js'
import type { SourcePort } from '../ports.js'
import type { ReadOptions } from './read-options.js'
import { isFile, type LoadedSource, readSource } from './source.js'

/** What tells where a plugin failed, read when it has. */
export interface DebugReader {
  /** Whether there may be some. */
  readonly mayBeThere: boolean
  /** Null where there is none, or it belongs to another build. Never rejects. */
  read(): Promise<DebugInformation | null>
  /** The same, without debug information where there is none. Never rejects. */
  readCode(): Promise<CodeInformation>
}

export interface Debugged extends LoadedSource {
  readonly source: PluginSource
  readonly component: Component
  /** Given for it; else it is looked for beside a file. */
  readonly debug: PluginSource | undefined
  /** Whether its bytes are kept, wherever they come from. */
  readonly isKept: boolean
}

/** Bytes of a component with everything that says where it comes from. */
export const MAX_DEBUG_BYTES = 128 << 20

/** Knows where debug information of a plugin would be, and reads nothing yet. */
export function debugReader(of: Debugged, options: ReadOptions, port: SourcePort): DebugReader {
  const { source, component, debug } = of
  const isInFile = isFile(source, port)
  const places =
    debug !== undefined ? [debug] : isInFile ? [beside(source, '.debug'), beside(source, '.map')] : []
  const isInside = component.hasDebugInformation
  // A file is read again, if it has to be.
  const kept = of.isKept || isInside || (places.length > 0 && !isInFile) ? of.bytes : undefined
  const readBytes = async (place: PluginSource, integrity?: string) =>
    (await readSource(place, { ...options, integrity, maxBytes: MAX_DEBUG_BYTES }, port)).bytes
  const own = async () => kept ?? (await readBytes(source, of.digest))
  const read = async (): Promise<DebugInformation | null> => {
    if (isInside) return { reader: await dwarfModule(), component: await own(), sourceMap: null }
    for (const place of places) {
      const bytes = await readBytes(place).catch(() => undefined)
      if (bytes === undefined) continue
      const isMap = bytes[0] === OPENING_BRACE
      if (!isMap && !isOfBuild(bytes, component)) continue
      return {
        reader: await dwarfModule(),
        component: isMap ? await own() : bytes,
        sourceMap: isMap ? new TextDecoder().decode(bytes) : null,
      }
    }
    return null
  }
  const readCode = async (): Promise<CodeInformation> => {
    const found = await reader.read()
    if (found !== null) return found
    // What came over the network is not asked for once more.
    const isThere = kept !== undefined || isInFile || ArrayBuffer.isView(source)
    const component = isThere ? await own().catch(() => null) : null
    return { reader: await dwarfModule(), component, sourceMap: null }
  }
  let reading: Promise<DebugInformation | null> | undefined
  const reader: DebugReader = {
    mayBeThere: isInside || places.length > 0,
    read: () => {
      reading ??= read().catch(() => null)
      return reading
    },
    readCode,
  }
  return reader
}

const OPENING_BRACE = 0x7b

function beside(source: PluginSource, ending: string): PluginSource {
  return source instanceof URL ? new URL(`${source.href}${ending}`) : `${source}${ending}`
}

/** By the build id, which both have from whoever built them; without one, the code has to fit. */
function isOfBuild(bytes: Uint8Array, component: Component): boolean {
  const id = buildId(component.customSections)
  const other = buildId(decodeComponent(bytes, { componentBytes: MAX_DEBUG_BYTES }).customSections)
  return id === other
}

function buildId(sections: readonly CustomSection[]): string | undefined {
  const section = sections.find(({ name }) => name === 'build_id')
  return (
    section &&
    Array.from(section.bytes.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join('')
  )
}
