import { createHost, PluginError, type PluginResolver, type WantedPlugin } from '@wasm-plugin/host'
import { describe, expect, it } from 'vitest'
import { assemble } from '../helpers/guests.js'

const seven = Uint8Array.from(
  await assemble(`(component
    (core module $m (func (export "f") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func (export "seven") (result u32) (canon lift (core func $i "f"))))`),
)

/** What an application may write in the place of a registry. */
function resolverOf(resolve: PluginResolver['resolve']) {
  const asked: (readonly [string, WantedPlugin])[] = []
  const registry: PluginResolver = {
    resolve(reference, wanted) {
      asked.push([reference, wanted])
      return resolve(reference, wanted)
    },
  }
  return { registry, asked }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (PluginError.is(error) ? error.code : String(error)),
  )

const nothing: PluginResolver['resolve'] = () => new Promise(() => {})

describe('a plugin that is loaded by its name', () => {
  it('needs a registry, and says which', async () => {
    await using host = await createHost()
    for (const name of ['acme:render@^1.2', 'acme:render', 'oci://registry.example/acme/render:1.2.3']) {
      const error = await host.load(name).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'REGISTRY_MISSING' })
      expect(error.message).toContain(name)
      expect(error.hint).toContain('@wasm-plugin/registry')
      expect(await codeOf(host.inspect(name))).toBe('REGISTRY_MISSING')
    }
  })

  it('is asked of the registry with what the application provides and requires', async () => {
    const { registry, asked } = resolverOf(async () => ({ bytes: seven, name: 'acme:seven' }))
    await using host = await createHost({ registry, imports: { 'acme:site/log': {} } })
    const options = { imports: { 'acme:site/store@0.2.0': {} }, requires: ['seven'] }
    const plugin = await host.load('acme:seven@^1', options)
    expect({ name: plugin.name, seven: await plugin.call('seven') }).toEqual({ name: 'acme:seven', seven: 7 })
    expect(asked).toMatchObject([
      ['acme:seven@^1', { imports: ['acme:site/log', 'acme:site/store@0.2.0'], exports: ['seven'] }],
    ])
  })

  it('says who signed it, in words that show what is in them, and nobody where nobody did', async () => {
    const signers: [signer: unknown, shown: RegExp | undefined][] = [
      ['the key a1b2', /^the key a1b2$/],
      ['a\u001b[2J\u202e', /^[ -~]+$/],
      [undefined, undefined],
      [{ kind: 'key' }, undefined],
    ]
    for (const [signer, shown] of signers) {
      const { registry } = resolverOf(async () => ({ bytes: seven, name: 'acme:seven', signer }) as never)
      await using host = await createHost({ registry })
      const plugin = await host.load('acme:seven')
      if (shown === undefined) expect(plugin.signer).toBeUndefined()
      else expect(plugin.signer).toMatch(shown)
      await plugin.update(seven)
      expect(plugin.signer).toBeUndefined()
    }
  })

  it('is not what paths and URLs are', async () => {
    const { registry, asked } = resolverOf(nothing)
    await using host = await createHost({ registry })
    expect(await codeOf(host.load('./acme:render'))).toBe('FILE_NOT_FOUND')
    expect(await codeOf(host.load('c:render'))).toBe('FILE_NOT_FOUND')
    expect(await codeOf(host.load('file:render'))).not.toBe('nothing')
    expect(await codeOf(host.load('data:,x'))).toBe('SOURCE_UNREADABLE')
    expect(asked).toEqual([])
  })

  it('is waited for until its deadline, the abort or the end of the host, whatever the registry does', async () => {
    const { registry, asked } = resolverOf(nothing)
    const host = await createHost({ registry })
    const late = await host.load('acme:late', { limits: { startMs: 20 } }).catch((thrown) => thrown)
    expect(late).toMatchObject({ code: 'SOURCE_UNREADABLE', plugin: 'acme:late' })
    expect(late.message).toContain('it took longer than 20 ms')
    const controller = new AbortController()
    const aborted = codeOf(host.load('acme:aborted', { signal: controller.signal }))
    const closed = codeOf(host.load('acme:closed'))
    controller.abort()
    expect(await aborted).toBe('LOAD_ABORTED')
    await host.close()
    expect(await closed).toBe('HOST_CLOSED')
    expect(asked.map(([, { signal }]) => signal.aborted)).toEqual([true, true, true])
  })

  it('has no more bytes than the host takes, and they are the host’s own', async () => {
    const bytes = seven.slice()
    const { registry } = resolverOf(async () => ({ bytes, name: 'acme:seven' }))
    await using host = await createHost({ registry })
    expect(await codeOf(host.load('acme:seven', { limits: { componentBytes: 10 } }))).toBe('LIMIT_EXCEEDED')
    const plugin = await host.load('acme:seven', { pool: { instances: 2 } })
    bytes.fill(0)
    expect(await plugin.call('seven')).toBe(7)
  })

  it('has a name that shows what is in it, however long and strange the registry gives it', async () => {
    const { registry } = resolverOf(async () => ({ bytes: seven, name: `a\u001b[2J${'b'.repeat(1000)}` }))
    await using host = await createHost({ registry })
    const { name } = await host.load('acme:seven')
    expect(name).toMatch(/^[ -~…]{10,140}$/)
    const error = await host.load('oci://x/\u001b[2J:1').catch((thrown) => thrown)
    expect(error.plugin ?? '').toMatch(/^[ -~…]*$/)
  })

  it('fails with a code when the registry fails without one, or gives something else', async () => {
    const answers: [PluginResolver['resolve'], RegExp][] = [
      [() => Promise.reject(new Error('no cable')), /no cable/],
      [() => Promise.reject('text'), /text/],
      [
        () => {
          throw new Error('at once')
        },
        /at once/,
      ],
      [async () => undefined as never, /no bytes and name/],
      [async () => ({ bytes: 'text', name: 'x' }) as never, /no bytes and name/],
    ]
    for (const [resolve, message] of answers) {
      await using host = await createHost({ registry: { resolve } })
      const error = await host.load('acme:render').catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE', plugin: 'acme:render' })
      expect(error.message).toMatch(message)
    }
  })

  it('has its registry checked when the host is made', async () => {
    for (const registry of [{}, 'acme', Promise.resolve({ resolve: nothing }), null]) {
      const error = await createHost({ registry: registry as never }).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'OPTIONS_INVALID' })
      expect(error.message).toContain('createHost.registry')
    }
  })
})
