import { encodeManifestSection, MANIFEST_SECTION, parseManifest, readManifest } from '@wasm-plugin/manifest'
import { parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { PluginError } from '@wasm-plugin/runtime/errors'
import { expect, test } from 'vitest'

const manifest = { manifestVersion: 1 as const, name: 'a', version: '1.0.0', capabilities: {} }
const parse = (change: object) => () => parseManifest(JSON.stringify({ ...manifest, ...change }))
const section = { name: MANIFEST_SECTION, bytes: encodeManifestSection(manifest) }

test.each<[code: string, hint: RegExp, act: () => unknown]>([
  ['MANIFEST_NOT_JSON', /^Write it as JSON in UTF-8/, () => parseManifest('{,}')],
  ['MANIFEST_INVALID', /^Write what the message expects.*\$schema/, parse({ id: 'acme:2nd' })],
  ['MANIFEST_INVALID', /^Did you mean `version`\?$/, parse({ versoin: '1.0.0' })],
  ['MANIFEST_INVALID', /^It belongs in `capabilities`/, parse({ env: [] })],
  ['MANIFEST_TOO_LARGE', /^Put data in the component itself/, () => parseManifest(' '.repeat(300_000))],
  ['MANIFEST_DUPLICATE', /^Build the plugin again/, () => readManifest([section, section])],
  ['NET_PATTERN_INVALID', /^Write `\[METHOD \]scheme:/, () => parseNetPattern('example.com')],
])('the hint of %s says what to do: %s', (code, hint, act) => {
  const error = thrownBy(act)
  expect(error).toMatchObject({ code })
  expect(PluginError.is(error) && error.hint).toMatch(hint)
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
