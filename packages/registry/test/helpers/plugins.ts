import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodeManifestSection, MANIFEST_SECTION, type Manifest } from '@wasm-plugin/manifest'

/** A plugin in AssemblyScript of the examples: it exports `acme:site/analyze@0.1.0` and imports `acme:site/log@0.1.0`. */
const insights = readFileSync(
  fileURLToPath(new URL('../../../../examples/assemblyscript-plugin/dist/insights.wasm', import.meta.url)),
)

/** What the component says of itself without other words. */
export const EXAMPLE = {
  manifestVersion: 1,
  id: 'acme:insights',
  name: 'insights',
  version: '1.0.0',
  world: 'acme:site/analyzer@0.1.0',
} as const

/** The same component as another plugin: `manifest` is what it says of itself in the place of its own manifest. */
export function pluginWith(manifest: Partial<Manifest> = {}, component: Buffer = insights): Uint8Array {
  const whole: Manifest = {
    ...EXAMPLE,
    capabilities: {},
    ...manifest,
  }
  return Buffer.concat([withoutManifest(component), encodeManifestSection(whole)])
}

export function withoutManifest(component: Buffer = insights): Uint8Array {
  const kept = [component.subarray(0, 8)]
  for (let at = 8; at < component.length; ) {
    const start = at
    const id = component[at++]
    let size = 0
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = component[at++] ?? 0
      size |= (byte & 0x7f) << shift
    }
    const body = component.subarray(at, at + size)
    at += size
    const isManifest =
      id === 0 && body.subarray(1, 1 + MANIFEST_SECTION.length).toString() === MANIFEST_SECTION
    if (!isManifest) kept.push(component.subarray(start, at))
  }
  return Buffer.concat(kept)
}
