import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHost, type GrantRequest, type Host, type HostOptions } from '@wasm-plugin/host'
import { encodeManifestSection, type ManifestRequests } from '@wasm-plugin/manifest'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { assemble, guest } from '../helpers/guests.js'

const API = 'test:kitchen/api'
const ENDLESS = `(component
  (core module $m (func $f (loop $again br $again)) (start $f))
  (core instance (instantiate $m)))`
const imports = { 'test:kitchen/host': { say() {}, lookUp: (key: string) => `value of ${key}` } }
let kitchen: Uint8Array
beforeAll(async () => {
  kitchen = await guest('kitchen')
})

async function openHost(options?: HostOptions): Promise<Host> {
  const host = await createHost(options)
  onTestFinished(() => host.close())
  return host
}

/** A plugin that does nothing, and asks for this. */
async function asking(capabilities: ManifestRequests): Promise<Uint8Array> {
  const section = encodeManifestSection({
    manifestVersion: 1,
    name: 'asking',
    version: '1.0.0',
    capabilities,
  })
  return new Uint8Array([...(await assemble('(component)')), ...section])
}
const reason = 'For the test.'
const lang = { key: 'LANG', reason }
const api = { allow: 'GET https://api.example.com/v1/**', reason }

describe('the defaults of a host', () => {
  it('are the imports of every plugin, interface by interface', async () => {
    const host = await openHost({ imports })
    const plugin = await host.load(kitchen, { name: 'one' })
    expect(await plugin.exports[API].lookUp('a')).toBe('value of a')
    // A version in the name is the same interface.
    const own = { 'test:kitchen/host@1.2.0': { say() {}, lookUp: () => 'mine' } }
    const other = await host.load(kitchen, { name: 'two', imports: own })
    expect(await other.exports[API].lookUp('a')).toBe('mine')
  })

  it('are the grants of a plugin that has none of its own, and of no other', async () => {
    const host = await openHost({ grants: { env: { LANG: 'de', HOME: '/' } } })
    const bytes = await asking({ env: [lang] })
    expect((await host.load(bytes, { name: 'one' })).grants.rules).toEqual(['env LANG'])
    expect((await host.load(bytes, { name: 'two', grants: {} })).grants.rules).toEqual([])
  })

  it('are an audit file that all of them share', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasm-plugin-defaults-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'audit.jsonl')
    const host = await openHost({ audit: file })
    const bytes = await asking({})
    for (const name of ['one', 'two']) await (await host.load(bytes, { name })).close()
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).plugin)).toEqual(['one', 'two'])
  })

  it('are checked before anything is loaded', async () => {
    await expect(createHost({ grants: { evn: {} } as never })).rejects.toMatchObject({
      code: 'UNKNOWN_GRANT',
    })
    await expect(createHost({ onRequest: true as never })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })
})

describe('what is missing', () => {
  it('is asked for once, with the reasons, and the answer is what holds', async () => {
    const questions: GrantRequest[] = []
    const host = await openHost({
      grants: { env: { LANG: 'de' } },
      onRequest: async (question) => {
        questions.push(question)
        return { ...question.grants, net: question.missing.net.map(({ allow }) => allow) }
      },
    })
    const { grants } = await host.load(await asking({ env: [lang], net: [api] }))
    expect(grants.rules).toEqual(['env LANG', `net ${api.allow}`])
    expect(questions).toMatchObject([
      { plugin: 'asking', missing: { fs: [], net: [api], env: [] }, grants: { env: { LANG: 'de' } } },
    ])
  })

  it('is denied without an answer, and nobody is asked when nothing is missing', async () => {
    let asked = 0
    const onRequest = () => {
      asked++
      return undefined
    }
    const host = await openHost()
    const bytes = await asking({ env: [lang] })
    const denied = await host.load(bytes, { name: 'one', onRequest })
    expect([denied.grants.rules, denied.grants.refused.env, asked]).toEqual([[], ['LANG'], 1])
    await host.load(bytes, { name: 'two', grants: { env: { LANG: 'de' } }, onRequest })
    await host.load(await asking({}), { name: 'three', onRequest })
    expect(asked).toBe(1)
  })

  it('is not what a grant has under another spelling, or brings with it', async () => {
    let asked = 0
    const host = await openHost({
      grants: { fs: [{ memory: {}, at: '/data/', access: 'read' }], net: ['tcp://db.example.com:5432'] },
      onRequest: () => void asked++,
    })
    const capabilities: ManifestRequests = {
      fs: [{ at: '/data', access: 'read', reason }],
      net: [{ allow: 'dns://db.example.com', reason }],
    }
    const { grants } = await host.load(await asking(capabilities))
    expect([asked, grants.refused]).toEqual([0, { fs: [], net: [], env: [] }])
  })

  it('never becomes more than the manifest asks for', async () => {
    const host = await openHost({ onRequest: () => ({ env: { LANG: 'de', SECRET: 'x' } }) })
    const { grants } = await host.load(await asking({ env: [lang] }))
    expect(grants).toMatchObject({ rules: ['env LANG'], unasked: ['env SECRET'] })
  })

  it('fails the load when asking does, and leaves the name free', async () => {
    const host = await openHost()
    const bytes = await asking({ env: [lang] })
    const failed = host.load(bytes, { onRequest: () => Promise.reject(new Error('the user went away')) })
    await expect(failed).rejects.toThrow('the user went away')
    expect((await host.load(bytes)).name).toBe('asking')
  })
})

describe('a load that is given up', () => {
  it('fails at once, ends the thread, and leaves the name free', async () => {
    const host = await openHost()
    const controller = new AbortController()
    const load = host.load(await assemble(ENDLESS), { name: 'x', signal: controller.signal })
    setImmediate(() => controller.abort(new Error('enough')))
    await expect(load).rejects.toMatchObject({
      code: 'LOAD_ABORTED',
      plugin: 'x',
      cause: { message: 'enough' },
    })
    expect(host.plugins.size).toBe(0)
    expect((await host.load(await asking({}), { name: 'x' })).name).toBe('x')
  })

  it('never starts when it was given up before, and a plugin that is loaded stays', async () => {
    const host = await openHost()
    const bytes = await asking({})
    const controller = new AbortController()
    const plugin = await host.load(bytes, { signal: controller.signal })
    controller.abort()
    await expect(host.load(bytes, { name: 'x', signal: controller.signal })).rejects.toMatchObject({
      code: 'LOAD_ABORTED',
    })
    expect([...host.plugins.keys()]).toEqual([plugin.name])
  })

  it('is given up while somebody is asked', async () => {
    const host = await openHost()
    const controller = new AbortController()
    const load = host.load(await asking({ env: [lang] }), {
      signal: controller.signal,
      onRequest: () => {
        controller.abort()
        return { env: { LANG: 'de' } }
      },
    })
    await expect(load).rejects.toMatchObject({ code: 'LOAD_ABORTED' })
  })
})
