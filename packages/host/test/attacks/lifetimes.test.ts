import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createHost, PluginError } from '@wasm-plugin/host'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { assemble, guest } from '../helpers/guests.js'

const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'x' } }
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'loaded',
    (error: unknown) => (PluginError.is(error) ? error.code : error),
  )
let kitchen: Uint8Array
beforeAll(async () => {
  kitchen = await guest('kitchen')
})

describe.each(['worker', 'inline'] as const)('closing a host (%s)', (isolation) => {
  it('in the listener of "loaded" leaves no plugin behind', async () => {
    const host = await createHost()
    const closed: string[] = []
    host.on('closed', ({ plugin }) => closed.push(plugin))
    let closing: Promise<void> | undefined
    host.on('loaded', () => {
      closing = host.close()
    })
    await host.load(kitchen, { imports, isolation, name: 'late' })
    await closing
    expect(closed).toEqual(['late'])
    expect(host.plugins.size).toBe(0)
  })

  it('at any moment of a load ends the load', async () => {
    for (let ticks = 0; ticks < 40; ticks += 3) {
      const host = await createHost()
      const load = codeOf(host.load(kitchen, { imports, isolation }))
      for (let i = 0; i < ticks; i++) await new Promise(setImmediate)
      await host.close()
      expect(['loaded', 'HOST_CLOSED']).toContain(await load)
      expect(host.plugins.size).toBe(0)
    }
  })
})

it('closing a host ends a load whose plugin never gets started', async () => {
  const spinning = await assemble(`(component
    (import "started" (func $started))
    (core func $started (canon lower (func $started)))
    (core module $m
      (import "" "started" (func $started))
      (func $spin (call $started) (loop $l (br $l)))
      (start $spin)
      (func (export "f")))
    (core instance $i (instantiate $m (with "" (instance (export "started" (func $started))))))
    (func (export "f") (canon lift (core func $i "f"))))`)
  const host = await createHost({ limits: { startMs: 600_000 } })
  let load: Promise<unknown> | undefined
  await new Promise<void>((started) => {
    load = codeOf(host.load(spinning, { imports: { started } }))
  })
  await host.close()
  expect(await load).toBe('HOST_CLOSED')
})

it('loads of one name at a time: one plugin', async () => {
  const host = await createHost()
  const loads = await Promise.all(
    Array.from({ length: 6 }, () => codeOf(host.load(kitchen, { imports, name: 'one' }))),
  )
  expect(loads.filter((code) => code === 'loaded')).toHaveLength(1)
  expect(loads.filter((code) => code === 'PLUGIN_NAME_TAKEN')).toHaveLength(5)
  await host.close()
})

it.each(['worker', 'inline'] as const)(
  'a refused load leaves no scratch directory (%s)',
  async (isolation) => {
    const temporary = await mkdtemp(join(tmpdir(), 'attack-'))
    vi.stubEnv('TMPDIR', temporary)
    const host = await createHost()
    const grants = { fs: [{ scratch: true as const, at: '/tmp' }] }
    const trapping = await assemble(`(component
    (core module $m (func $boom unreachable) (start $boom) (func (export "f")))
    (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f"))))`)
    expect(await codeOf(host.load(trapping, { grants, isolation, name: 'a' }))).toBe('GUEST_TRAP')
    expect(await codeOf(host.load(kitchen, { grants, isolation, name: 'b' }))).toBe('IMPORT_NOT_GRANTED')
    const load = (more: object) => codeOf(host.load(kitchen, { isolation, grants: { ...grants, ...more } }))
    expect(await load({ fs: [...grants.fs, ...grants.fs] })).toBe('GRANTS_INVALID')
    expect(await load({ net: ['nowhere'] })).toBe('NET_PATTERN_INVALID')
    const net = await load({ net: ['https://a.example'] })
    expect(net).toBe(isolation === 'inline' ? 'GRANT_NEEDS_THREAD' : 'IMPORT_NOT_GRANTED')
    expect(await readdir(temporary)).toEqual([])
    await host.close()
    vi.unstubAllEnvs()
    await rm(temporary, { recursive: true })
  },
)

it.each(['worker', 'inline'] as const)(
  'an application that ends without closing its host leaves no scratch directory (%s)',
  async (isolation) => {
    const temporary = await mkdtemp(join(tmpdir(), 'attack-'))
    const script = `
      import { readdirSync } from 'node:fs'
      import { createHost } from '@wasm-plugin/host'
      const empty = Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0)
      const grants = { fs: [{ scratch: true, at: '/tmp' }] }
      await (await createHost()).load(empty, { name: 'a', isolation: '${isolation}', grants })
      console.log(readdirSync(process.env.TMPDIR).length)
      process.exit()`
    const env = { ...process.env, TMPDIR: temporary }
    const args = ['--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: import.meta.dirname })
    expect([stdout.trim(), await readdir(temporary)]).toEqual(['1', []])
    await rm(temporary, { recursive: true })
  },
)
