import { createHost, type Host } from '@wasm-plugin/host'
import { encodeManifestSection } from '@wasm-plugin/manifest'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble, guest } from '../helpers/guests.js'

let kitchen: Uint8Array
let host: Host
beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

/** A component whose start function never ends. */
const ENDLESS = `(component
  (core module $m (func $f (loop $again br $again)) (start $f))
  (core instance (instantiate $m)))`

describe('inspecting a plugin', () => {
  it('says who would answer each import, and why load would refuse it', async () => {
    const alone = await host.inspect(kitchen)
    expect(alone.imports).toContainEqual({ name: 'test:kitchen/host@1.2.0', from: 'nobody' })
    expect(alone.refused).toMatchObject({ code: 'IMPORT_NOT_GRANTED' })
    expect(alone.exports).toContain('test:kitchen/api@1.2.0')

    const imports = { 'test:kitchen/host': { say() {}, lookUp: () => '' } }
    const given = await host.inspect(kitchen, { imports })
    expect(given.imports).toContainEqual({ name: 'test:kitchen/host@1.2.0', from: 'app' })
    expect(given.refused).toBeUndefined()
    expect(await host.inspect(kitchen, { imports, requires: ['acme:site/render'] })).toMatchObject({
      refused: { code: 'CONTRACT_MISMATCH' },
    })
  })

  it('names what is asked for and the digest, by which load takes the same plugin and no other', async () => {
    const asked = [{ at: '/data', access: 'read', reason: 'Reads data.' }] as const
    const section = encodeManifestSection({
      manifestVersion: 1,
      name: 'asking',
      version: '1.0.0',
      capabilities: { fs: [...asked] },
    })
    const empty = await assemble('(component (import "wasi:filesystem/preopens@0.2.3" (instance)))')
    const bytes = new Uint8Array([...empty, ...section])
    const { name, digest, asks } = await host.inspect(bytes)
    expect({ name, asks }).toEqual({ name: 'asking', asks: { fs: asked } })
    const plugin = await host.load(bytes, { integrity: digest })
    expect(plugin.digest).toBe(digest)
    await expect(host.load(empty, { integrity: digest })).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    })
  })

  it('runs nothing of it', async () => {
    const { imports, refused, asks } = await host.inspect(await assemble(ENDLESS))
    expect({ imports, refused, asks }).toEqual({ imports: [], refused: undefined, asks: {} })
    expect(host.plugins.size).toBe(0)
  })

  it('fails as load does with what is no plugin', async () => {
    await expect(host.inspect('no/such/file.wasm')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    await expect(host.inspect(new TextEncoder().encode('nothing'))).rejects.toMatchObject({
      code: 'NOT_WASM',
    })
    await expect(host.inspect(kitchen, { grant: {} } as never)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
    await host.close()
    await expect(host.inspect(kitchen)).rejects.toMatchObject({ code: 'HOST_CLOSED' })
  })
})
