import {
  type AccessEvent,
  type Capability,
  ComponentError,
  createHost,
  type HostOptions,
  type MayUse,
} from '@wasm-plugin/host'
import { MANIFEST_SECTION } from '@wasm-plugin/manifest/names'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { guest } from '../helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
beforeAll(async () => {
  kitchen = await guest('kitchen')
})

/** Records by their keys: a rule is the beginning of those that may be read. */
const records: Capability = {
  name: 'records',
  checkRule: (rule) => (rule.endsWith('/') ? undefined : 'expected a "/" at the end'),
  matches: (rule, { operation, target }) => operation === 'read' && target.startsWith(rule),
  imports: (may) => ({
    'test:kitchen/host': {
      say() {},
      async lookUp(key: string) {
        if (!may('read', key)) throw new ComponentError('not yours')
        return `record ${key}`
      },
    },
  }),
}

async function hostOf(options: HostOptions = { capabilities: [records] }) {
  const host = await createHost(options)
  onTestFinished(() => host.close())
  const events: AccessEvent[] = []
  for (const name of ['allowed', 'denied'] as const) host.on(name, (event) => events.push(event))
  return { host, events }
}

describe('a capability of the application', () => {
  const grants = { app: { records: ['a/', 'b/'] } }

  it.each(['worker', 'inline'] as const)(
    'is decided about, reported and taken back: %s',
    async (isolation) => {
      const { host, events } = await hostOf({
        capabilities: [{ ...records, imports: isolation === 'worker' ? records.imports : inTheSameThread }],
      })
      const plugin = await host.load(kitchen, { grants, isolation })
      const read = async (key: string) => {
        try {
          return await plugin.call(`${API}#look-up`, [key])
        } catch (error) {
          return ComponentError.is(error) ? error.payload : error
        }
      }
      expect(await read('a/1')).toBe('record a/1')
      expect(await read('c/1')).toBe('not yours')
      expect(plugin.grants.given.app).toEqual({ records: ['a/', 'b/'] })
      expect(plugin.grants.rules).toEqual(['app.records a/', 'app.records b/'])

      plugin.narrow({ app: { records: ['b/'] } })
      expect(await read('a/1')).toBe('not yours')
      expect(() => plugin.narrow({ app: { records: ['a/'] } })).toThrow(/app\.records a\//)
      expect(await read('b/1')).toBe('record b/1')
      expect(plugin.revoke('app.records')).toBe(1)
      expect(await read('b/1')).toBe('not yours')
      const use = { capability: 'app.records', operation: 'read' }
      expect(events).toMatchObject([
        { ...use, target: 'a/1', decision: 'allowed', rule: 'app.records a/' },
        { ...use, target: 'c/1', decision: 'denied', rule: null, reason: 'not granted' },
        { ...use, target: 'a/1', decision: 'denied', rule: null, reason: 'taken back' },
        { ...use, target: 'b/1', decision: 'allowed', rule: 'app.records b/' },
        { ...use, target: 'b/1', decision: 'denied', rule: null, reason: 'taken back' },
      ])
    },
  )

  it('is learned', async () => {
    const { host } = await hostOf()
    const plugin = await host.load(kitchen, { grants, learn: true })
    await plugin.call(`${API}#look-up`, ['b/1'])
    expect(plugin.learned()).toEqual({ app: { records: ['b/'] } })
  })

  it('answers its imports, for inspect too, and without a grant says no to each use', async () => {
    const { host } = await hostOf()
    const { imports, refused } = await host.inspect(kitchen)
    expect(imports).toContainEqual({ name: 'test:kitchen/host@1.2.0', from: 'app' })
    expect(refused).toBeUndefined()
    const plugin = await host.load(kitchen)
    await expect(plugin.call(`${API}#look-up`, ['a/1'])).rejects.toMatchObject({ payload: 'not yours' })
  })

  it('has rules that it understands, and no other name is one', async () => {
    const { host } = await hostOf()
    const load = (app: Record<string, string[]>) => host.load(kitchen, { grants: { app } })
    await expect(load({ records: ['a'] })).rejects.toMatchObject({ code: 'GRANTS_INVALID' })
    await expect(load({ record: ['a/'] })).rejects.toMatchObject({
      code: 'UNKNOWN_GRANT',
      hint: expect.stringContaining('app.records'),
    })
    await expect(
      createHost({ capabilities: [records], grants: { app: { record: ['a/'] } } }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_GRANT' })
  })

  it('is the only one that answers its interface', async () => {
    const imports = { 'test:kitchen/host@1.2.0': { say() {}, lookUp: () => 'past the gate' } }
    const { host } = await hostOf()
    await expect(host.load(kitchen, { imports })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    const twice = await hostOf({ capabilities: [records, { ...records, name: 'other' }] })
    await expect(twice.host.load(kitchen)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })
})

/** A call in the application's thread cannot wait for its functions. */
const inTheSameThread: Capability['imports'] = (may) => ({
  'test:kitchen/host': {
    say() {},
    lookUp(key: string) {
      if (!may('read', key)) throw new ComponentError('not yours')
      return `record ${key}`
    },
  },
})

describe('what the application decides about', () => {
  it('is reported with the call in which it is asked', async () => {
    const { host, events } = await hostOf()
    const calls: number[] = []
    host.on('call', ({ id }) => calls.push(id))
    const plugin = await host.load(kitchen, { grants: { app: { records: ['a/'] } } })
    const keys = ['a/1', 'b/1', 'a/2']
    await Promise.allSettled(keys.map((key) => plugin.call(`${API}#look-up`, [key])))
    expect(events.map(({ target }) => target)).toEqual(keys)
    expect(events.map(({ call }) => call)).toEqual(calls)
  })

  it('is not reported with the call of another plugin that called it', async () => {
    const inner = await hostOf({ capabilities: [{ ...records, imports: inTheSameThread }] })
    const grants = { app: { records: ['a/'] } }
    const inline = await inner.host.load(kitchen, { grants, isolation: 'inline' })
    const matches = () => inline.call(`${API}#look-up`, ['a/2']) === 'record a/2'
    const outer = await hostOf({ capabilities: [{ ...records, matches }] })
    const plugin = await outer.host.load(kitchen, { grants })
    await plugin.call(`${API}#look-up`, ['a/1'])
    expect(outer.events).toMatchObject([{ target: 'a/1', call: expect.any(Number) }])
    expect(inner.events.map((event) => [event.target, 'call' in event])).toEqual([['a/2', false]])
  })

  it('is allowed no more when its plugin is closed', async () => {
    let may: MayUse = () => false
    const keeping: Capability = {
      ...records,
      imports(given) {
        may = given
        return records.imports(given)
      },
    }
    const { host } = await hostOf({ capabilities: [keeping] })
    for (const isolation of ['worker', 'inline'] as const) {
      const plugin = await host.load(kitchen, { grants: { app: { records: ['a/'] } }, isolation })
      expect(may('read', 'a/1')).toBe(true)
      await plugin.close()
      expect(may('read', 'a/1')).toBe(false)
    }
  })
})

describe('a capability that is written wrong', () => {
  it('is refused for what it is not', async () => {
    const { matches, ...without } = records
    const misspelt = { ...without, macthes: matches } as unknown as Capability
    await expect(createHost({ capabilities: [misspelt] })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('createHost.capabilities[0]'),
      hint: 'Did you mean `matches`?',
    })
    class Records {
      readonly members = new Set(['a/'])
      readonly name = 'records'
      matches = () => true
      imports = records.imports
    }
    await (await createHost({ capabilities: [new Records()] })).close()
  })

  const failing = { code: 'CAPABILITY_FAILED', origin: 'app' }
  const broken = () => {
    throw new TypeError('not today')
  }
  it.each([
    ['checkRule', broken, '`checkRule` of the capability "records" threw: not today'],
    ['checkRule', async () => undefined, 'answered a promise, not a text or undefined'],
    ['checkRule', () => true, 'answered boolean'],
    ['imports', broken, '`imports` of the capability "records" threw: not today'],
    ['imports', async () => ({}), 'answered a promise, not an object of interfaces'],
    ['imports', () => undefined, 'answered undefined'],
  ])('by its %s fails the load: %s', async (method, answer, message) => {
    const { host } = await hostOf({ capabilities: [{ ...records, [method]: answer } as Capability] })
    const load = host.load(kitchen, { grants: { app: { records: ['a/'] } } })
    await expect(load).rejects.toMatchObject({ ...failing, message: expect.stringContaining(message) })
  })

  it.each([
    ['throws', broken, 'threw: not today'],
    ['is a promise', async () => true, 'answered a promise, not true or false'],
    ['is a number', () => 1, 'answered number'],
  ])('allows nothing where its answer about a rule %s', async (_, matches, message) => {
    const { host } = await hostOf({
      capabilities: [{ ...records, matches: matches as never }],
    })
    const plugin = await host.load(kitchen, { grants: { app: { records: ['a/'] } } })
    await expect(plugin.call(`${API}#look-up`, ['a/1'])).rejects.toMatchObject({
      ...failing,
      message: expect.stringContaining(message),
    })
  })

  it('is unknown to `narrow` and `revoke` as it is to `load`', async () => {
    const { host } = await hostOf()
    const plugin = await host.load(kitchen, { grants: { app: { records: ['a/'] } } })
    expect(() => plugin.narrow({ app: { recrods: [] } })).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_GRANT',
        hint: expect.stringContaining('Did you mean `app.records`?'),
      }),
    )
    expect(() => plugin.narrow({ app: { records: ['a'] } })).toThrow(
      expect.objectContaining({ code: 'GRANTS_INVALID' }),
    )
    expect(() => plugin.revoke('app.recrods')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_RULE', hint: expect.stringContaining('app.') }),
    )
    expect(plugin.grants.rules).toEqual(['app.records a/'])
  })
})

attack(
  'D120',
  'Asks in its manifest for a capability of the application, or for one that nobody has defined',
  'refused as a manifest that is not understood; what the application grants is not more for it',
  async () => {
    const { host } = await hostOf()
    for (const name of ['app', 'app.records', 'records', 'mail']) {
      const capabilities = { [name]: [{ allow: 'a/', reason: 'Needs it.' }] }
      const manifest = { manifestVersion: 1, name: 'asking', version: '1.0.0', capabilities }
      const asking = withSection(kitchen, MANIFEST_SECTION, JSON.stringify(manifest))
      await expect(host.load(asking)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
    }
  },
)

attack(
  'D121',
  'Names what a function of the application shall use so that it looks like something else',
  'compared by the application as it is, shown with its hidden characters visible',
  async () => {
    const { host, events } = await hostOf()
    const plugin = await host.load(kitchen, { grants: { app: { records: ['a/'] } } })
    for (const key of ['__proto__', 'app.records a/', '\u202ea/1', 'c\na/1'])
      await expect(plugin.call(`${API}#look-up`, [key])).rejects.toMatchObject({ payload: 'not yours' })
    expect(events.map(({ decision, target }) => [decision, target])).toEqual([
      ['denied', '__proto__'],
      ['denied', 'app.records a/'],
      ['denied', '\\u{202e}a/1'],
      ['denied', 'c\\u{a}a/1'],
    ])
  },
)

it.each(['fs', 'net', 'env', 'config', 'keyvalue', 'app', 'args', 'A', '', '__proto__'])(
  'no capability of the application has the name %j',
  async (name) => {
    const capabilities = [{ ...records, name }]
    await expect(createHost({ capabilities })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  },
)

/** A component with one more custom section. */
function withSection(component: Uint8Array, name: string, text: string): Uint8Array {
  const [id, content] = [name, text].map((part) => new TextEncoder().encode(part)) as [Uint8Array, Uint8Array]
  const size = 1 + id.length + content.length
  return Uint8Array.from([...component, 0, (size & 127) | 128, size >> 7, id.length, ...id, ...content])
}
