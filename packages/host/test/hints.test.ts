import { createHost, type Host, type HostImports, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

/** Calls `ask` of the application, or computes for ever, when it starts or in `spin`. */
const plugin = (starts = '') =>
  assemble(`(component
    (import "ask" (func $ask))
    (core func $ask' (canon lower (func $ask)))
    (core module $m
      (import "env" "ask" (func $ask))
      (func $spin (export "spin") (loop $for-ever (br $for-ever)))
      (func (export "run") (call $ask))
      ${starts})
    (core instance $i (instantiate $m (with "env" (instance (export "ask" (func $ask'))))))
    (func (export "spin") (canon lift (core func $i "spin")))
    (func (export "run") (canon lift (core func $i "run"))))`)

let host: Host

beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

async function hintOf(code: string, act: () => unknown): Promise<string> {
  const error = await (async () => act())().catch((thrown) => thrown)
  expect(error).toMatchObject({ code })
  return PluginError.is(error) ? error.hint : ''
}

it('a deadline names the limit that it was: that of a start, or that of a call', async () => {
  const imports = { ask() {} }
  const starting = await plugin('(start $spin)')
  const start = () => host.load(starting, { name: 'a', imports, limits: { startMs: 1_000 } })
  expect(await hintOf('DEADLINE_EXCEEDED', start)).toContain('`startMs` in `limits`')
  const { exports } = await host.load(await plugin(), { name: 'b', imports, limits: { timeoutMs: 50 } })
  expect(await hintOf('DEADLINE_EXCEEDED', () => exports.spin())).toContain('`timeoutMs`')
})

it('a promise is for a plugin in a thread, whatever the engine can do', async () => {
  const imports = { ask: async () => {} }
  const { exports } = await host.load(await plugin(), { name: 'a', imports, isolation: 'inline' })
  expect(await hintOf('ASYNC_UNSUPPORTED', () => exports.run())).toContain("without `isolation: 'inline'`")
})

it('a function that calls back the plugin that called it is told to return first', async () => {
  let again = () => {}
  const imports = { ask: () => again() }
  const { exports } = await host.load(await plugin(), { name: 'a', imports, isolation: 'inline' })
  again = () => exports.run()
  expect(await hintOf('CANNOT_ENTER', () => exports.run())).toMatch(/^Let the running call return first/)
})

it('a limit is raised where there is an option for it', async () => {
  const many = await assemble(`(component ${'(type u8) '.repeat(20_001)})`)
  expect(await hintOf('LIMIT_EXCEEDED', () => host.load(many))).toMatch(/^Make the plugin smaller/)
  const load = () => host.load(many, { limits: { componentBytes: 10_000 } })
  expect(await hintOf('LIMIT_EXCEEDED', load)).toContain('`limits.componentBytes`')
})

it('an import that is not provided is told what the application may have meant', async () => {
  const load = (imports: HostImports) => plugin().then((bytes) => host.load(bytes, { imports }))
  expect(await hintOf('IMPORT_NOT_GRANTED', () => load({ aks() {} }))).toContain(
    'The application provides "aks": is that meant?',
  )
  expect(await hintOf('IMPORT_NOT_GRANTED', () => load({ somethingElse() {} }))).not.toContain(
    'is that meant',
  )
})
