import { errors } from './errors.js'
import { type Manifest, parseManifest } from './manifest.js'
import { MANIFEST_SECTION } from './names.js'

/** A custom section as `Component.customSections` of the runtime gives it. */
export interface CustomSection {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * The manifest that is embedded in a component, or `undefined`. Only the root's own sections count: what a nested
 * component carries is not the plugin's word.
 *
 * @throws {MANIFEST_DUPLICATE} {MANIFEST_NOT_JSON} {MANIFEST_INVALID} {MANIFEST_TOO_LARGE} {NET_PATTERN_INVALID}
 */
export function readManifest(customSections: Iterable<CustomSection>): Manifest | undefined {
  const found = [...customSections].filter(({ name }) => name === MANIFEST_SECTION)
  if (found.length > 1) throw errors.MANIFEST_DUPLICATE({ count: found.length })
  const bytes = found[0]?.bytes
  if (bytes === undefined) return undefined
  try {
    return parseManifest(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof TypeError) throw errors.MANIFEST_NOT_JSON({ reason: 'it is not UTF-8' }, error)
    throw error
  }
}

/** The manifest as a whole custom section; appended to the bytes of a component it embeds the manifest. */
export function encodeManifestSection(manifest: Manifest): Uint8Array {
  const encoder = new TextEncoder()
  const name = encoder.encode(MANIFEST_SECTION)
  const text = encoder.encode(JSON.stringify(manifest))
  const nameSize = leb128(name.length)
  const size = leb128(nameSize.length + name.length + text.length)
  return Uint8Array.from([0, ...size, ...nameSize, ...name, ...text])
}

function leb128(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}
