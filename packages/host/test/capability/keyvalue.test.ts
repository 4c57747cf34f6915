import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceCaller, StoreError, StoreServices } from '@wasm-plugin/wasi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileStores, instancePorts, makeRecord } from '#internal'
import { openInstance } from '../../../wasi/test/helpers/instance.js'
import { attack } from '../helpers/attack.js'
import { grantControl, parseGrants } from '../helpers/grants.js'
import { errorOf, openWasi, tempDir } from '../helpers/wasi.js'

const utf8 = (text: string) => new TextEncoder().encode(text)

/** `wasi:keyvalue` with the stores in the same thread. */
function open(keyvalue: unknown) {
  const grants = parseGrants({ keyvalue })
  const services: ServiceCaller = {
    // The names are those of stores alone.
    call: (service, args) => stores.now(service as keyof StoreServices)(...(args as never)) as never,
  }
  const { get, wasi, gate, events } = openInstance(grants, { ports: instancePorts(), services })
  const stores = fileStores(gate)
  onTestFinished(() => stores.close())
  const [store, atomics, batch] = ['store', 'atomics', 'batch'].map((name) => get(`wasi:keyvalue/${name}`))
  // biome-ignore lint/suspicious/noExplicitAny: as `get`.
  const first = (name: string): any => wasi.get(`wasi:keyvalue/${name}@0.2.0-draft`)
  const draft = { atomics: first('atomics'), batch: first('batch') }
  return { store, stores, atomics, batch, draft, events, control: grantControl(gate.grants) }
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

  it('takes several keys at once, each a use of its own, and keeps what came of them', () => {
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

  it('counts the quota of bytes in bytes', () => {
    const bucket = open({ small: { quotaBytes: 10 } }).store.open('small')
    bucket.set('ééé', utf8('1234'))
    expect(errorOf(() => bucket.set('ééé', utf8('12345')))).toMatchObject({ tag: 'other' })
    bucket.delete('ééé')
    bucket.set('a', utf8('123456789'))
  })

  const fileIn = (...path: string[]) => join(tempDir(), ...path)
  /** What a file holds when it is opened the next time. */
  const contents = (file: string) => {
    const { store, stores } = open({ default: { file } })
    const bucket = store.open('default')
    const all = (bucket.listKeys(undefined).keys as string[]).map((key) => [key, bucket.get(key)])
    stores.close()
    return all
  }

  it('keeps a store in a file, to which changes are appended', () => {
    const file = fileIn('sub', 'store')
    const { store, stores } = open({ default: { file } })
    const bucket = store.open('default')
    bucket.set('key', Uint8Array.of(0, 255))
    bucket.set('gone', new Uint8Array(1_000))
    const { size } = statSync(file)
    bucket.delete('gone')
    expect(statSync(file).size - size).toBeLessThan(100)
    stores.close()
    expect(contents(file)).toEqual([['key', Uint8Array.of(0, 255)]])
    expect(readdirSync(join(file, '..'))).toEqual(['store'])
  })

  it('writes the file anew when most of it is outdated', () => {
    const file = fileIn('store')
    const { store, stores } = open({ default: { file } })
    const bucket = store.open('default')
    for (let i = 0; i < 400; i++) bucket.set(`key ${i % 3}`, new Uint8Array(100_000).fill(i))
    expect(statSync(file).size).toBeLessThan(2_000_000)
    stores.close()
    expect(contents(file)).toEqual(
      [399, 397, 398].map((i) => [`key ${i % 3}`, new Uint8Array(100_000).fill(i)]),
    )
  })

  it('cuts off what was being appended when the process ended', () => {
    const file = fileIn('store')
    const { store, stores } = open({ default: { file } })
    store.open('default').set('a', utf8('1'))
    const { size } = statSync(file)
    store.open('default').set('b', utf8('2'))
    stores.close()
    const whole = readFileSync(file)
    for (let length = 1; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      expect(contents(file)).toEqual(length < size ? [] : [['a', utf8('1')]])
      const { store, stores } = open({ default: { file } })
      store.open('default').set('c', utf8('3'))
      stores.close()
      expect(contents(file)).toEqual([...(length < size ? [] : [['a', utf8('1')]]), ['c', utf8('3')]])
    }
  })

  it('refuses a file that is no store, or a damaged one, and leaves it as it is', async () => {
    const file = fileIn('store')
    const { store, stores } = open({ default: { file } })
    for (const key of ['a', 'b']) store.open('default').set(key, utf8('1'))
    stores.close()
    const damaged = readFileSync(file)
    damaged[damaged.indexOf('a', 21)] = 1
    const folder = fileIn('folder')
    mkdirSync(folder)
    for (const content of [damaged, '{"schema":1,"entries":[]}', 'x', 'wasm-plugin store 2\n']) {
      writeFileSync(file, content)
      const { stores, store } = open({ default: { file } })
      await expect(stores.start()).rejects.toMatchObject({ code: 'STORE_UNUSABLE' })
      expect(errorOf(() => store.open('default'))).toEqual({ tag: 'other', val: 'the store cannot be read' })
      expect(readFileSync(file)).toEqual(Buffer.from(content))
    }
    await expect(open({ default: { file: folder } }).stores.start()).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
    })
  })

  it('is one store for all that are granted its file, by whatever path', async () => {
    const file = fileIn('store')
    const link = fileIn('link')
    writeFileSync(file, '')
    symlinkSync(file, link)
    const [one, other] = [open({ default: { file } }), open({ mine: { file: link } })]
    await Promise.all([one.stores.start(), other.stores.start()])
    one.store.open('default').set('a', utf8('1'))
    expect(other.store.open('mine').get('a')).toEqual(utf8('1'))
    other.stores.close()
    one.store.open('default').set('b', utf8('2'))
    one.stores.close()
    expect(contents(file)).toHaveLength(2)
  })

  it('takes changes in their order, also when they come at once', async () => {
    const file = fileIn('store')
    const { stores } = open({ default: { file, quotaBytes: 500 } })
    const set = (i: number) =>
      stores
        .later('keyvalue.set')('default', 'k', makeRecord(`k${i % 7}`, utf8(`${i}`)))
        .then(() => true)
    expect(await Promise.all(Array.from({ length: 500 }, (_, i) => set(i)))).not.toContain(false)
    stores.close()
    const kept = Array.from({ length: 7 }, (_, k) => [`k${k}`, utf8(`${499 - ((499 - k) % 7)}`)])
    expect(contents(file)).toEqual(kept)
  })

  it('counts, swaps and takes batches through the file, each as one', async () => {
    const file = fileIn('store')
    const { store, stores, atomics, batch } = open({ default: { file } })
    const bucket = store.open('default')
    atomics.swap(atomics.Cas.new(bucket, 'a'), utf8('1'))
    batch.setMany(bucket, [
      ['b', utf8('2')],
      ['c', utf8('3')],
    ])
    batch.deleteMany(bucket, ['b'])
    const swap = (i: number) =>
      stores.later('keyvalue.swap')('default', 'd', undefined, makeRecord('d', utf8(`${i}`)))
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0 ? stores.later('keyvalue.increment')('default', 'n', 1n, 's64') : swap(i),
      ),
    )
    expect(results.filter((_, i) => i % 2 === 0)).toEqual(
      Array.from({ length: 100 }, (_, i) => BigInt(i + 1)),
    )
    expect(results.filter((result) => result === true)).toHaveLength(1)
    stores.close()
    expect(contents(file)).toEqual([
      ['a', utf8('1')],
      ['c', utf8('3')],
      ['n', utf8('100')],
      ['d', utf8('1')],
    ])
  })

  it('is still one store when it is opened again while something is being written', async () => {
    const file = fileIn('store')
    const before = open({ default: { file } })
    const written = before.stores.later('keyvalue.set')(
      'default',
      'a',
      makeRecord('a', new Uint8Array(3_000_000)),
    )
    // It begins in a microtask, and is in flight then.
    await Promise.resolve()
    before.stores.close()
    const after = open({ default: { file } })
    await Promise.all([after.stores.start(), written])
    after.store.open('default').set('b', utf8('2'))
    expect(after.store.open('default').exists('a')).toBe(true)
    await expect(before.stores.later('keyvalue.get')('default', 'a')).rejects.toMatchObject({
      payload: { tag: 'other', val: 'the plugin was closed' },
    })
  })

  it('keeps nothing that another process has changed meanwhile', () => {
    const file = fileIn('store')
    const { store } = open({ default: { file } })
    const bucket = store.open('default')
    bucket.set('a', utf8('1'))
    const content = Buffer.concat([readFileSync(file), readFileSync(file).subarray(20)])
    writeFileSync(file, content)
    expect(errorOf(() => bucket.set('b', utf8('2')))).toEqual({
      tag: 'other',
      val: 'the file was changed by another process',
    })
    expect(bucket.get('b')).toBeUndefined()
    expect(readFileSync(file)).toEqual(content)
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
