import { fileURLToPath } from 'node:url'
import {
  encodeManifestSection,
  MANIFEST_SECTION,
  type Manifest,
  manifestJsonSchema,
  parseManifest,
  readManifest,
} from '@wasm-plugin/manifest'
import { describe, expect, it } from 'vitest'

const manifest: Manifest = {
  manifestVersion: 1,
  id: 'acme:insights',
  name: 'insights',
  version: '1.2.3',
  description: 'Counts words',
  world: 'acme:site/analyzer@0.1.0',
  capabilities: {
    fs: [{ at: '/settings', access: 'read', reason: 'Reads its settings.' }],
    net: [{ allow: 'GET https://api.example.com/v1/**', reason: 'Fetches words.' }],
    env: [{ key: 'LANG', reason: 'Picks the language.' }],
  },
}
const parse = (change: object) => () => parseManifest(JSON.stringify({ ...manifest, ...change }))
const invalid = (at: RegExp) =>
  expect.objectContaining({ code: 'MANIFEST_INVALID', message: expect.stringMatching(at) })

describe('a manifest', () => {
  it('survives being written and read', () =>
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest))

  it('asks for nothing when it says nothing', () => {
    const { capabilities, ...rest } = manifest
    expect(parseManifest(JSON.stringify(rest)).capabilities).toEqual({})
    expect(capabilities).not.toEqual({})
  })

  it('is refused with an unknown key, at every level, by name and place', () => {
    expect(parse({ permissions: [] })).toThrow(invalid(/unknown key "permissions"/))
    expect(parse({ capabilities: { exec: [] } })).toThrow(invalid(/at capabilities: unknown key "exec"/))
    expect(parse({ capabilities: { env: [{ key: 'A', reason: 'x', value: 'y' }] } })).toThrow(
      invalid(/at capabilities\.env\[0\]: unknown key "value"/),
    )
  })

  it('is refused with a value of the wrong form, and says which', () => {
    expect(parse({ manifestVersion: 2 })).toThrow(invalid(/manifestVersion: expected 1/))
    expect(parse({ name: undefined })).toThrow(invalid(/at name: string is missing/))
    expect(parse({ name: '../x' })).toThrow(invalid(/at name/))
    expect(parse({ version: 'one' })).toThrow(invalid(/at version: expected a semantic version/))
    expect(parse({ id: 'Acme' })).toThrow(invalid(/at id/))
    expect(parse({ capabilities: { fs: [{ at: 'x', access: 'read', reason: 'x' }] } })).toThrow(
      invalid(/fs\[0\]\.at/),
    )
    expect(parse({ capabilities: { fs: [{ at: '/a/../b', access: 'read', reason: 'x' }] } })).toThrow(
      invalid(/fs\[0\]/),
    )
    expect(parse({ capabilities: { net: [{ allow: 'example.com', reason: 'x' }] } })).toThrow(
      invalid(/net\[0\]\.allow/),
    )
    expect(parse({ capabilities: { env: [{ key: 'A' }] } })).toThrow(
      invalid(/env\[0\]\.reason: string is missing/),
    )
  })

  it('has an id under which it can be published', () => {
    for (const id of ['acme:a2', 'acme:a-b', `${'a'.repeat(64)}:${'b'.repeat(64)}`])
      expect(parse({ id })()).toMatchObject({ id })
    for (const id of ['acme:2nd', 'acme:a-2nd', '2nd:a', `${'a'.repeat(65)}:b`, `a:${'b'.repeat(65)}`])
      expect(parse({ id })).toThrow(invalid(/at id: expected namespace:name/))
  })

  it('cannot forge lines or drive a terminal with its texts', () => {
    for (const reason of ['fine\nenv: granted', '\u001b[2J', 'a\u202eb', 'x\u2028y'])
      expect(parse({ capabilities: { env: [{ key: 'A', reason }] } })).toThrow(invalid(/reason/))
  })

  it('that is not JSON, or too large, has its own code', () => {
    expect(() => parseManifest('{')).toThrow(expect.objectContaining({ code: 'MANIFEST_NOT_JSON' }))
    expect(() => parseManifest(' '.repeat(300_000))).toThrow(
      expect.objectContaining({ code: 'MANIFEST_TOO_LARGE' }),
    )
  })

  it('with __proto__ as a key is refused and changes nothing', () => {
    expect(() => parseManifest('{"__proto__":{"name":"x"},"manifestVersion":1,"version":"1.0.0"}')).toThrow(
      invalid(/name|__proto__/),
    )
    expect(({} as Record<string, unknown>).name).toBeUndefined()
  })
})

describe('the embedded manifest', () => {
  it('is a custom section that is appended to a component', () => {
    const section = encodeManifestSection(manifest)
    expect(section[0]).toBe(0)
    // The payload after id and size: a name, then the text.
    const text = new TextDecoder().decode(section)
    expect(text).toContain(MANIFEST_SECTION)
    const bytes = section.slice(text.indexOf('{') + section.length - text.length)
    expect(readManifest([{ name: MANIFEST_SECTION, bytes }])).toEqual(manifest)
  })

  it('is absent, or one', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(manifest))
    expect(readManifest([{ name: 'name', bytes: new Uint8Array() }])).toBeUndefined()
    const twice = [0, 1].map(() => ({ name: MANIFEST_SECTION, bytes }))
    expect(() => readManifest(twice)).toThrow(expect.objectContaining({ code: 'MANIFEST_DUPLICATE' }))
    expect(() => readManifest([{ name: MANIFEST_SECTION, bytes: Uint8Array.of(0xff) }])).toThrow(
      expect.objectContaining({ code: 'MANIFEST_NOT_JSON' }),
    )
  })
})

it('the JSON Schema says the same', () => {
  const schema = manifestJsonSchema()
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['manifestVersion', 'name', 'version'],
  })
  expect(Object.keys(schema.properties as object)).toContain('capabilities')
  expect(JSON.stringify(schema)).toContain('for the person who decides')
})

it('the published JSON Schema is that of the manifest; after a change, write it with `vitest run -u`', async () => {
  const file = fileURLToPath(new URL('../schema/wasm-plugin.v1.json', import.meta.url))
  await expect(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(file)
})
