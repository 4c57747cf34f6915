import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GrantControl } from '../../src/capability/control.js'
import { type AccessEvent, createGate } from '../../src/capability/gate.js'
import type { StoreError } from '../../src/capability/keyvalue/errors.js'
import { type StoreRequest, Stores } from '../../src/capability/keyvalue/store.js'
import { parseGrants } from '../../src/capability/parse.js'
import { createKeyvalue } from '../../src/wasi/keyvalue/index.js'
import { attack } from '../helpers/attack.js'
import { errorOf, openWasi, tempDir } from '../helpers/wasi.js'

const utf8 = (text: string) => new TextEncoder().encode(text)

/** `wasi:keyvalue` with the stores in the same thread. */
function open(keyvalue: unknown) {
  const grants = parseGrants({ keyvalue })
  const events: AccessEvent[] = []
  const gate = createGate('test', grants, (event) => events.push(event))
  const stores = new Stores(gate)
  const { store, atomics, batch, draft } = createKeyvalue({
    call: (_service, args) => stores.run(args as unknown as StoreRequest),
  })
  return { store, atomics, batch, draft, events, control: new GrantControl(gate.grants, () => {}) }
}

describe('wasi:keyvalue', () => {
  it('keeps values in the stores that were granted', () => {
    const { store, events } = open({ default: {} })
    const bucket = store.open('default')
    bucket.set('__proto__', utf8('a'))
    bucket.set('b', utf8('x'))
    bucket.delete('b')
    expect(bucket.get('__proto__')).toEqual(utf8('a'))
    expect([bucket.get('b'), bucket.get('constructor'), bucket.exists('__proto__')]).toEqual([
      undefined,
      undefined,
      true,
    ])
    expect(store.open('default').listKeys(undefined)).toEqual({ keys: ['__proto__'], cursor: undefined })
    expect(events[1]).toMatchObject({
      operation: 'set',
      target: 'default/__proto__',
      rule: 'keyvalue default',
    })
  })

  it('has no other store, and none once it is revoked', () => {
    const { store, control } = open({ default: {} })
    expect((errorOf(() => store.open('other')) as StoreError).tag).toBe('no-such-store')
    const bucket = store.open('default')
    control.revoke('keyvalue default')
    expect((errorOf(() => bucket.get('a')) as StoreError).tag).toBe('access-denied')
  })

  attack('E7', 'Fills a key-value store', 'an error at the quota of bytes and of keys', () => {
    const { store } = open({ small: { quotaBytes: 10, quotaKeys: 2 } })
    const bucket = store.open('small')
    const full = { tag: 'other', val: 'the store is full' }
    bucket.set('a', utf8('12345678'))
    expect(errorOf(() => bucket.set('b', utf8('1')))).toEqual(full)
    bucket.set('a', utf8('1'))
    bucket.set('b', utf8('1'))
    expect(errorOf(() => bucket.set('c', utf8('')))).toEqual(full)
    bucket.delete('a')
    bucket.set('c', utf8('123456'))
    expect(errorOf(() => bucket.set('k'.repeat(2_000), utf8('')))).toMatchObject({ tag: 'other' })
  })

  it('counts in decimal digits, up to what the draft counts with', () => {
    const { store, atomics, draft } = open({ default: {} })
    const bucket = store.open('default')
    expect(atomics.increment(bucket, 'n', 5n)).toBe(5n)
    expect(atomics.increment(bucket, 'n', -7n)).toBe(-2n)
    expect(bucket.get('n')).toEqual(utf8('-2'))
    expect(errorOf(() => draft.atomics.increment(bucket, 'n', 1n))).toMatchObject({ tag: 'other' })
    bucket.set('n', utf8(String(2n ** 63n - 1n)))
    expect(errorOf(() => atomics.increment(bucket, 'n', 1n))).toEqual({
      tag: 'other',
      val: 'the sum does not fit s64',
    })
    expect(draft.atomics.increment(bucket, 'n', 1n)).toBe(2n ** 63n)
    bucket.set('n', utf8('1e3'))
    expect(errorOf(() => atomics.increment(bucket, 'n', 1n))).toEqual({
      tag: 'other',
      val: 'the value is not a whole number',
    })
  })

  it('swaps a value that is still what was seen, and hands back what there is now', () => {
    const { store, atomics, control } = open({ default: {} })
    const bucket = store.open('default')
    const first = atomics.Cas.new(bucket, 'a')
    const second = atomics.Cas.new(bucket, 'a')
    atomics.swap(first, utf8('1'))
    const { tag, val } = errorOf(() => atomics.swap(second, utf8('2'))) as { tag: string; val: typeof first }
    expect([tag, val.current(), bucket.get('a')]).toEqual(['cas-failed', utf8('1'), utf8('1')])
    atomics.swap(val, utf8('2'))
    expect(bucket.get('a')).toEqual(utf8('2'))
    control.revoke('keyvalue default')
    expect(errorOf(() => atomics.swap(val, utf8('3')))).toEqual({
      tag: 'store-error',
      val: { tag: 'access-denied' },
    })
  })

  it('takes several keys at once, each a use of its own, and writes its file once', () => {
    const file = join(tempDir(), 'store.json')
    const { store, batch, draft, events } = open({ default: { file } })
    const bucket = store.open('default')
    batch.setMany(bucket, [
      ['a', utf8('1')],
      ['b', utf8('2')],
    ])
    expect(batch.getMany(bucket, ['b', 'none'])).toEqual([
      ['b', utf8('2')],
      ['none', undefined],
    ])
    expect(draft.batch.getMany(bucket, ['b', 'none'])).toEqual([['b', utf8('2')], undefined])
    batch.deleteMany(bucket, ['a', 'none'])
    expect(events.slice(1, 3).map(({ operation, target }) => [operation, target])).toEqual([
      ['set', 'default/a'],
      ['set', 'default/b'],
    ])
    expect(open({ default: { file } }).store.open('default').listKeys(undefined).keys).toEqual(['b'])
  })

  attack(
    'E120',
    'Takes a million keys of a store in one batch, or writes past its quota with one',
    'an error; the store holds what its quota allows',
    () => {
      const { store, batch, events } = open({ small: { quotaBytes: 10, quotaKeys: 2 } })
      const bucket = store.open('small')
      const many = Array.from({ length: 1_000_000 }, (_, i) => `k${i}`)
      const refused = { tag: 'other', val: 'a batch has at most 1000 keys' }
      expect(errorOf(() => batch.getMany(bucket, many))).toEqual(refused)
      expect(errorOf(() => batch.deleteMany(bucket, many))).toEqual(refused)
      expect(events).toHaveLength(1)
      const entries = ['a', 'b', 'c'].map((key) => [key, utf8('x')] as const)
      expect(errorOf(() => batch.setMany(bucket, entries))).toMatchObject({ tag: 'other' })
      expect(bucket.listKeys(undefined).keys).toEqual(['a', 'b'])
    },
  )

  it('keeps a store in a file that is always whole', () => {
    const dir = tempDir()
    const file = join(dir, 'sub', 'store.json')
    open({ default: { file } }).store.open('default').set('key', Uint8Array.of(0, 255))
    expect(open({ default: { file } }).store.open('default').get('key')).toEqual(Uint8Array.of(0, 255))
    expect(readdirSync(join(dir, 'sub'))).toEqual(['store.json'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 1 })
    writeFileSync(file, '{"schema":1,"ent')
    expect(errorOf(() => open({ default: { file } }).store.open('default'))).toEqual({
      tag: 'other',
      val: 'the store is damaged',
    })
  })
})

describe('wasi:config', () => {
  it('shows the values that were granted', () => {
    const { wasi, events } = openWasi({ config: { theme: 'dark' } })
    // biome-ignore lint/suspicious/noExplicitAny: the interface as a plugin sees it.
    const config = wasi.get('wasi:config/store@0.2.0-rc.1') as any
    expect(config.get('theme')).toBe('dark')
    expect(config.get('toString')).toBeUndefined()
    expect(config.getAll()).toEqual([['theme', 'dark']])
    expect(events.map(({ target, decision }) => [target, decision])).toEqual([
      ['theme', 'allowed'],
      ['toString', 'denied'],
      ['theme', 'allowed'],
    ])
  })
})

describe('wasi:logging', () => {
  it.each(['wasi:logging/logging', 'wasi:logging/logging@0.1.0-draft'])(
    '%s writes lines to the log',
    (name) => {
      const { wasi, lines } = openWasi({})
      // biome-ignore lint/suspicious/noExplicitAny: the interface as a plugin sees it.
      const logging = wasi.get(name) as any
      logging.log('warn', 'parser', 'odd\u001b[2J input\nsecond line')
      logging.log('critical', '', 'end')
      expect(lines.map(({ level, stream, message }) => [level, stream, message])).toEqual([
        ['warn', 'log', 'parser: odd\\u{1b}[2J input'],
        ['warn', 'log', 'second line'],
        ['error', 'log', 'end'],
      ])
    },
  )
})
