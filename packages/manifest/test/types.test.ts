import {
  checkManifest,
  type EnvRequest,
  encodeManifestSection,
  type FsRequest,
  type Manifest,
  type ManifestRequests,
  type NetRequest,
  parseManifest,
  readManifest,
  requestsBeyond,
} from '@wasm-plugin/manifest'
import { coversNetRule, type NetRule, type NetScheme, parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { type MANIFEST_FILE, matchName } from '@wasm-plugin/manifest/names'
import { checkShape, int, optional, strictObject, string } from '@wasm-plugin/manifest/shape'
import { describe, expectTypeOf, it } from 'vitest'

describe('a manifest', () => {
  it('always says what the plugin asks for, whatever it was read from', () => {
    expectTypeOf(parseManifest).returns.toEqualTypeOf<Manifest>()
    expectTypeOf(checkManifest).parameter(0).toBeUnknown()
    expectTypeOf(checkManifest).returns.toEqualTypeOf<Manifest>()
    expectTypeOf<Manifest['capabilities']>().toEqualTypeOf<ManifestRequests>()
    expectTypeOf<Manifest['manifestVersion']>().toEqualTypeOf<1>()
    expectTypeOf(encodeManifestSection).parameter(0).toEqualTypeOf<Manifest>()
  })

  it('may be missing in a component', () => {
    expectTypeOf(readManifest).returns.toEqualTypeOf<Manifest | undefined>()
  })

  it('asks for each thing with a reason', () => {
    expectTypeOf<FsRequest>().toEqualTypeOf<{ at: string; access: 'read' | 'read-write'; reason: string }>()
    expectTypeOf<NetRequest>().toEqualTypeOf<{ allow: string; reason: string }>()
    expectTypeOf<EnvRequest>().toEqualTypeOf<{ key: string; reason: string }>()
    expectTypeOf(requestsBeyond).returns.toEqualTypeOf<{
      fs: FsRequest[]
      net: NetRequest[]
      env: EnvRequest[]
    }>()
    // @ts-expect-error: nobody can decide without a reason
    const silent: ManifestRequests = { env: [{ key: 'LANG' }] }
    expectTypeOf(silent.env).toEqualTypeOf<EnvRequest[] | undefined>()
  })
})

describe('the grammar', () => {
  it('makes rules of text, which are compared as rules', () => {
    expectTypeOf(parseNetPattern).toEqualTypeOf<(pattern: string) => NetRule>()
    expectTypeOf<NetRule['scheme']>().toEqualTypeOf<NetScheme>()
    expectTypeOf<NetRule['port']>().toEqualTypeOf<number | '*' | null>()
    // @ts-expect-error: a pattern that was not parsed
    const compared = () => coversNetRule('https://a.example', parseNetPattern('https://a.example'))
    expectTypeOf(compared).returns.toBeBoolean()
  })
})

describe('the names', () => {
  it('are known by their letters, and found or not', () => {
    expectTypeOf<typeof MANIFEST_FILE>().toEqualTypeOf<'wasm-plugin.json'>()
    expectTypeOf(matchName).returns.toEqualTypeOf<string | undefined>()
  })
})

describe('a shape', () => {
  it('gives data of its type, or an issue, and never both', () => {
    const checked = checkShape(strictObject({ name: string(), size: optional(int()) }), {})
    if (checked.issue === undefined)
      expectTypeOf(checked.data).toEqualTypeOf<{ name: string; size?: number | undefined }>()
    else expectTypeOf(checked.data).toEqualTypeOf<undefined>()
  })
})
