import { createHost, type Host, PluginError } from '@wasm-plugin/host'
import { checkManifest } from '@wasm-plugin/manifest'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

let host: Host
let component: Uint8Array

beforeEach(async () => {
  host = await createHost()
  component = await assemble(`(component
    (core module $m (func (export "run")))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))`)
})
afterEach(() => host.close())

/** What is said of a mistake, and what it says to do. */
async function said(act: () => unknown): Promise<string[]> {
  const error = await (async () => act())().catch((thrown) => thrown)
  if (!PluginError.is(error)) throw error ?? new Error('nothing was refused')
  return [error.message, error.hint]
}

describe('options are refused with the place, what was expected, and the mend', () => {
  const documented = expect.stringMatching(/^The documentation of the function says/)

  it.each<[object | unknown, string, unknown]>([
    [{ limits: { timeoutMS: 5 } }, 'limits: unknown key "timeoutMS"', 'Did you mean `timeoutMs`?'],
    [{ limits: { heapMb: 96 } }, 'limits: unknown key "heapMb"', expect.stringContaining('`heapBytes`')],
    [{ timeoutMs: 5 }, ': unknown key "timeoutMs"', 'It belongs in `limits`: `limits: { timeoutMs: … }`.'],
    [{ grant: {} }, ': unknown key "grant"', 'Did you mean `grants`?'],
    [{ import: {} }, ': unknown key "import"', 'Did you mean `imports`?'],
    [{ audit: { path: 'a' } }, 'audit: unknown key "path"', 'It takes `file`, `maxBytes`.'],
    [{ audit: 5 }, 'audit: expected string or object, got 5', documented],
    [{ limits: 5 }, 'limits: expected object, got 5', documented],
    [{ limits: { memoryBytes: '1' } }, 'limits.memoryBytes: expected number, got string', documented],
    [{ onRequest: true }, 'onRequest: expected function, got true', documented],
    [{ imports: [] }, 'imports: expected object, got array', documented],
    ['./render.wasm', ': expected object, got string', documented],
    [null, ': expected object, got null', documented],
  ])('%j', async (options, reason, hint) => {
    const place = (where: string) => `invalid option ${where}${reason.startsWith(':') ? '' : '.'}${reason}`
    expect(await said(() => createHost(options as never))).toEqual([place('createHost'), hint])
    expect(await said(() => host.load(component, options as never))).toEqual([place('load'), hint])
    expect(await said(() => host.inspect(component, options as never))).toEqual([place('inspect'), hint])
  })

  it('says what debug information is', async () => {
    const hint = documented
    for (const debug of [5, true, null])
      expect(await said(() => host.load(component, { debug } as never))).toEqual([
        'invalid option load.debug: expected a path, a URL or bytes',
        hint,
      ])
    expect(await said(() => createHost({ debug: './a' } as never))).toEqual([
      'invalid option createHost: unknown key "debug"',
      expect.any(String),
    ])
  })

  it('names the function that they were given to', async () => {
    const plugin = await host.load(component, { name: 'a' })
    const unknown = [': unknown key "timeout"', 'Did you mean `timeoutMs`?']
    const wrong = (where: string) => [`invalid option ${where}${unknown[0]}`, unknown[1]]
    expect(await said(() => plugin.call('run', [], { timeout: 5 } as never))).toEqual(wrong('call'))
    expect(await said(() => plugin.with({ timeout: 5 } as never))).toEqual(wrong('with'))
    expect(await said(() => plugin.with(5 as never))).toEqual([
      'invalid option with: expected object, got 5',
      documented,
    ])
    expect((await said(() => host.on('denid' as never, (() => {}) as never)))[1]).toBe(
      'Did you mean `denied`?',
    )
  })
})

describe('grants are refused in the same words', () => {
  const documented = expect.stringContaining('`GrantsInput`')

  it.each<[unknown, string, unknown]>([
    [{ netw: [] }, 'there is no capability "netw"', expect.stringMatching(/^Did you mean `net`\? The cap/)],
    [
      { fs: [{ path: '.', at: '/d', acess: 'read' }] },
      'invalid grant fs[0]: unknown key "acess"',
      'Did you mean `access`?',
    ],
    [
      { fs: [{ path: '.', at: '/d', access: 'rw' }] },
      'invalid grant fs[0].access: expected "read" or "read-write", got string',
      documented,
    ],
    [
      { fs: [{ scratch: true, at: 'd' }] },
      'invalid grant fs[0].at: expected an absolute path such as "/data"',
      documented,
    ],
    [
      { net: { allow: [], limits: { concurent: 1 } } },
      'invalid grant net.limits: unknown key "concurent"',
      'Did you mean `concurrent`?',
    ],
    [
      { net: { allow: [], concurrent: 1 } },
      'invalid grant net: unknown key "concurrent"',
      'It belongs in `limits`: `limits: { concurrent: … }`.',
    ],
    [{ net: 5 }, 'invalid grant net: expected array or object, got 5', documented],
    [{ env: { 'A=B': 'x' } }, 'invalid grant env.A=B: expected the name of a variable', documented],
    [{ env: { A: 5 } }, 'invalid grant env.A: expected string, got 5', documented],
    [5, 'invalid grant grants: expected object, got 5', documented],
  ])('%j', async (grants, message, hint) => {
    expect(await said(() => createHost({ grants: grants as never }))).toEqual([message, hint])
    expect(await said(() => host.load(component, { grants: grants as never }))).toEqual([message, hint])
    const plugin = await host.load(component, { name: 'a' })
    expect(await said(() => plugin.narrow(grants as never))).toEqual([message, hint])
  })
})

it('a manifest is refused in the same words', async () => {
  const manifest = { manifestVersion: 1, name: 'a', version: '1.0.0', capabilites: {} }
  expect(await said(() => checkManifest(manifest))).toEqual([
    'invalid manifest: unknown key "capabilites"',
    'Did you mean `capabilities`?',
  ])
})
