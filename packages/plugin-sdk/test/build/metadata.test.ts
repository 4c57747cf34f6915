import { readFileSync } from 'node:fs'
import { MANIFEST_SECTION } from '@wasm-plugin/manifest/names'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { build, readMetadata, readProducers } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { addMetadata, customSection, encodeProducers, parseProducers, writeSections } from '#internal'
import { makeProject } from '../support/project.js'

const COMPONENT = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00)
const SETTINGS = { name: 'x', stripNames: true }
const bytes = (text: string) => new TextEncoder().encode(text)
const withSections = (...sections: [string, Uint8Array][]) =>
  writeSections(
    COMPONENT,
    sections.map(([name, payload]) => customSection(name, payload)),
  )

describe('metadata of a component', () => {
  const metadata = {
    version: '1.2.3',
    description: 'Counts words',
    authors: 'Ada, Grace',
    licenses: 'Apache-2.0 OR MIT',
    source: 'https://example.com/repo',
    homepage: 'https://example.com',
    revision: 'f00',
  }

  it('is read back as it was written, after a real build too', async () => {
    const dir = makeProject({
      'w.wit': 'package a:b; world w { export go: func(); }',
      'assembly/index.ts': 'export function go(): void {}\n',
    })
    const { path } = await build({ dir, name: 'words', wit: 'w.wit', metadata })
    const component = decodeComponent(readFileSync(path))
    expect(readMetadata(component)).toEqual(metadata)
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    const producers = readProducers(component)
    expect(producers.get('language')).toEqual([{ name: 'AssemblyScript', version: '' }])
    expect(producers.get('processed-by')).toEqual(
      expect.arrayContaining([
        { name: 'wit-component', version: expect.stringMatching(/^\d/) },
        { name: 'asc', version: expect.stringMatching(/^0\./) },
        { name: 'wasm-plugin', version },
      ]),
    )
  })

  it("is the settings', else the language's own, and replaces what a toolchain wrote", () => {
    const component = withSections(['version', bytes('0.0.0')], ['authors', bytes('a tool')])
    const output = { component, metadata: { version: '1.0.0', licenses: 'MIT' } }
    const built = addMetadata(output, { ...SETTINGS, metadata: { version: '2.0.0' } })
    expect(readMetadata(decodeComponent(built))).toEqual({
      version: '2.0.0',
      licenses: 'MIT',
      authors: 'a tool',
    })
  })

  it('is added once, however often', () => {
    const settings = { ...SETTINGS, metadata, manifestBytes: bytes('{}') }
    const once = addMetadata({ component: COMPONENT }, settings)
    expect(addMetadata({ component: once }, settings)).toEqual(once)
    expect(decodeComponent(once).customSections.map(({ name }) => name)).toEqual([
      ...Object.keys(metadata),
      MANIFEST_SECTION,
      'component-name',
      'producers',
    ])
  })

  it('of a stranger is one line of text', () => {
    const component = withSections(['authors', bytes(`\u001b[31mred\n\u202eevil${'x'.repeat(10_000)}`)])
    const { authors } = readMetadata(decodeComponent(component))
    expect(authors).toMatch(/^\\u\{1b\}\[31mred\\u\{a\}\\u\{202e\}evilx{100,}…$/)
    expect(authors!.length).toBeLessThan(1000)
  })
})

describe('producers', () => {
  const tools = new Map([
    ['language', [{ name: 'Rust', version: '' }]],
    [
      'processed-by',
      [
        { name: 'rustc', version: '1.95.0' },
        { name: 'ld', version: '' },
      ],
    ],
  ])

  it('are joined over the sections of a component, each tool once', () => {
    const more = new Map([
      [
        'processed-by',
        [
          { name: 'ld', version: '' },
          { name: 'opt', version: '9' },
        ],
      ],
    ])
    const component = withSections(
      ['producers', encodeProducers(tools)],
      ['producers', encodeProducers(more)],
    )
    expect(readProducers(decodeComponent(component))).toEqual(
      new Map([
        ['language', [{ name: 'Rust', version: '' }]],
        ['processed-by', [...tools.get('processed-by')!, { name: 'opt', version: '9' }]],
      ]),
    )
  })

  it.each<[string, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['more fields than bytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a number without an end', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['cut in a name', encodeProducers(tools).subarray(0, 9)],
    ['cut in a tool', encodeProducers(tools).subarray(0, -3)],
    ['no UTF-8', Uint8Array.of(1, 1, 0xff, 0)],
  ])('that are not well formed say nothing: %s', (_, section) => {
    expect(parseProducers(section)).toEqual(new Map())
    expect(readProducers(decodeComponent(withSections(['producers', section])))).toEqual(new Map())
  })
})
