import { ComponentError, createHost, type Host, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble, guest } from './helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
let host: Host

const imports = {
  'test:kitchen/host': {
    say() {},
    async lookUp(key: string) {
      if (key === 'missing') throw new ComponentError('none')
      return `value of ${key}`
    },
  },
}

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

/** What an application sees of one engine, in plain data. */
async function observe(engine: 'runtime' | 'jco') {
  const plugin = await host.load(kitchen, {
    imports,
    engine,
    name: engine,
    limits: { timeoutMs: 5_000, memoryBytes: 4 << 20 },
  })
  const code = (call: Promise<unknown>) =>
    call.then(String, (e: unknown) => (PluginError.is(e) ? e.code : (e as ComponentError).payload))
  const api = plugin.exports[API]
  return {
    add: await api.add(2, 3),
    echo: await api.echo('grüße 😀'),
    lookUp: await api.lookUp('a'),
    missing: await code(api.lookUp('missing')),
    count: [await api.count(), await api.count()],
    grow: await api.grow(100),
    boom: await code(api.boom()),
    fresh: await api.count(),
    wrong: await code(api.add(1, 'two')),
    deadline: await code(plugin.call(`${API}#spin`, [], { timeoutMs: 100 })),
    world: await plugin.call('world-add', [20, 22]),
  }
}

describe('an engine', () => {
  it('is a detail: both show an application the same', async () => {
    const ours = await observe('runtime')
    expect(ours).toMatchObject({ add: 5, boom: 'GUEST_TRAP', deadline: 'DEADLINE_EXCEEDED', grow: -1 })
    expect(await observe('jco')).toEqual(ours)
  })

  it('says what it cannot do', async () => {
    await expect(
      host.load(kitchen, { imports, engine: 'jco', limits: { fuel: 1_000 } }),
    ).rejects.toMatchObject({
      code: 'ENGINE_UNSUPPORTED',
    })
  })

  it.each([
    ["':0,[(globalThis.injected=1)]:0,'"],
    ['a\nb'],
    ['a`b'],
    ['a\\b'],
    ['*/ alert() /*'],
    ['\u2028'],
  ])('that writes source refuses the core name %j', async (name) => {
    const text = [...new TextEncoder().encode(name)]
      .map((b) => `\\${b.toString(16).padStart(2, '0')}`)
      .join('')
    const bytes = await assemble(`(component
      (core module $a (func (export "f")))
      (core instance $a (instantiate $a))
      (core module $b (import "${text}" "f" (func)))
      (core instance (instantiate $b (with "${text}" (instance $a)))))`)
    await expect(host.load(bytes, { engine: 'jco', name: 'bad' })).rejects.toMatchObject({
      code: 'INVALID_COMPONENT',
    })
    expect((globalThis as { injected?: number }).injected).toBeUndefined()
    // Our own runtime has no source for a name to get into.
    const plugin = await host.load(bytes, { name: 'harmless' })
    await plugin.close()
  })
})
