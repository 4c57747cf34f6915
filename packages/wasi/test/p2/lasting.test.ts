import { preview1 } from '@wasm-plugin/runtime/early'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { expect, it } from 'vitest'
import { openWasi } from '../helpers/open.js'

const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}

it('goes on in another instance: its clock, what was read of stdin, and numbers of a seed', () => {
  const grants = {
    stdio: { stdin: 'hello world' },
    random: { seed: 'one' },
    clocks: { fixed: '2026-01-01T00:00:00Z' },
  }
  const first = openWasi(grants)
  const whole = openWasi(grants).get('wasi:random/random').getRandomBytes(96n)
  expect(first.get('wasi:random/random').getRandomBytes(64n)).toEqual(whole.slice(0, 64))
  expect(first.get('wasi:cli/stdin').getStdin().read(6n)).toEqual(new TextEncoder().encode('hello '))
  first.get('wasi:clocks/monotonic-clock').subscribeDuration(5_000n).block()
  const second = openWasi(grants)
  second.wasi.lasting().restore(first.wasi.lasting().save())
  expect(second.get('wasi:random/random').getRandomBytes(32n)).toEqual(whole.slice(64))
  expect(second.get('wasi:cli/stdin').getStdin().read(100n)).toEqual(new TextEncoder().encode('world'))
  expect(second.get('wasi:clocks/monotonic-clock').now()).toBe(5_000n)
})

it('has a running clock that never goes back', () => {
  const [first, second] = [openWasi({}), openWasi({})]
  const before = first.get('wasi:clocks/monotonic-clock').now() + 3_600_000_000_000n
  second.wasi.lasting().restore(JSON.stringify({ clock: String(before), stdin: 0, random: 0 }))
  expect(second.get('wasi:clocks/monotonic-clock').now()).toBeGreaterThanOrEqual(before)
})

it('knows by their names what each instance has, and nothing else', () => {
  const { get, wasi } = openWasi({ stdio: { stdin: 'x' } })
  const { nameOf, objectOf } = wasi.lasting()
  const [stdin, stdout] = [get('wasi:cli/stdin').getStdin(), get('wasi:cli/stdout').getStdout()]
  const clock = get('wasi:clocks/monotonic-clock')
  const named = [
    stdin,
    stdout,
    get('wasi:cli/stderr').getStderr(),
    stdout.subscribe(),
    clock.subscribeInstant(7n),
  ]
  expect(named.map(nameOf)).toEqual(['stdin', 'stdout', 'stderr', 'ready', 'instant 7'])
  for (const object of named) {
    const again = objectOf(nameOf(object) as string)
    expect(again?.constructor).toBe(object.constructor)
    expect(nameOf(again)).toBe(nameOf(object))
  }
  stdin.read(1n)
  expect(codeOf(() => stdin.read(1n))).toBeUndefined()
  expect(nameOf(stdin)).toBe('over')
  expect(nameOf(objectOf('over'))).toBe('over')
  for (const object of [{}, null, undefined, 7, new Map()]) expect(nameOf(object)).toBeUndefined()
  for (const name of ['', 'toString', '__proto__', 'instant -1', `instant ${'9'.repeat(21)}`])
    expect(objectOf(name)).toBeUndefined()
})

it('has what a module of preview 1 has open', () => {
  const open = ({ wasi }: ReturnType<typeof openWasi>) => {
    // biome-ignore lint/suspicious/noExplicitAny: core modules of the host, as the runtime takes them.
    const of = (name: string): any => wasi.get(name)
    of(preview1.memory)({ guest: { memory: new WebAssembly.Memory({ initial: 1 }) } })
    return of(preview1.functions)({})
  }
  const first = openWasi({})
  const before = open(first)
  expect(JSON.parse(first.wasi.lasting().save())).not.toHaveProperty('descriptors')
  expect(before.fd_close(0)).toBe(0)
  const text = first.wasi.lasting().save()
  expect(JSON.parse(text).descriptors).toEqual({ open: [null, 'stdout', 'stderr'], hasLooked: false })
  const second = openWasi({})
  second.wasi.lasting().restore(text)
  const after = open(second)
  expect([after.fd_close(0), after.fd_write(1, 0, 0, 0), after.fd_close(2)]).toEqual([8, 0, 0])
  const third = openWasi({})
  third.wasi.lasting().restore(text.replace('stdout', 'socket'))
  expect(codeOf(() => open(third))).toBe('SNAPSHOT_UNUSABLE')
})

it('has directories that are gone, or were never granted, as handles whose every use fails', () => {
  const { wasi } = openWasi({})
  const { nameOf, objectOf } = wasi.lasting()
  const gone = objectOf('directory /gone') as Descriptor
  const flags = { symlinkFollow: true }
  for (const use of [
    () => gone.stat(),
    () => gone.readDirectory(),
    () => gone.statAt(flags, 'x'),
    () => gone.sync(),
  ])
    expect(() => use()).toThrow('no-entry')
  expect([gone.getType(), gone.isSameObject(gone)]).toEqual(['directory', true])
  expect(nameOf(gone)).toBe('directory /gone')
})

it.each([
  '',
  'null',
  '[]',
  '{}',
  '{"clock":1,"stdin":0,"random":0}',
  '{"clock":"-1","stdin":0,"random":0}',
  '{"clock":"1","stdin":-1,"random":0}',
  '{"clock":"1","stdin":0,"random":0.5}',
  '{"clock":"1","stdin":0,"random":0,"descriptors":{"open":[7],"hasLooked":true}}',
  '{"clock":"1","stdin":0,"random":0,"descriptors":{"open":{},"hasLooked":true}}',
])('goes on from nothing that is not the state of one: %s', (text) => {
  const { wasi } = openWasi({})
  expect(codeOf(() => wasi.lasting().restore(text))).toBe('SNAPSHOT_UNUSABLE')
})
