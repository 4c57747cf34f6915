import { createHost, type Host, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

/** A resource of WASI, which the plugin passes to the application: as an argument, or as what its export returns. */
const PASSES = (how: string) => `(component
  (import "wasi:io/poll@0.2.3" (instance $poll (export "pollable" (type (sub resource)))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.3" (instance $clock
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $p (eq $outer)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  ${how})`
const AS_AN_ARGUMENT = PASSES(`(import "test:pass/app" (instance
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $p (eq $outer)))
    (export "take" (func (param "what" (own $p))))))`)
const AS_A_RESULT = PASSES(`
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (func (export "wait") (param "when" u64) (result (own $pollable)) (canon lift (core func $subscribe)))`)

describe('a resource of WASI in the contract', () => {
  let host: Host
  beforeEach(async () => {
    host = await createHost()
  })
  afterEach(() => host.close())

  const refused = (name: string) =>
    expect.objectContaining({
      code: 'UNSUPPORTED_IN_WORKER',
      origin: 'app',
      message: `"${name}" cannot be used with worker isolation: it passes a pollable, which lives in the plugin's thread`,
    })

  it('is refused where a function of the application would get it across a thread', async () => {
    const imports = { 'test:pass/app': { take() {} } }
    const bytes = await assemble(AS_AN_ARGUMENT)
    await expect(host.load(bytes, { imports })).rejects.toThrow(refused('test:pass/app#take'))
    await host.load(bytes, { imports, isolation: 'inline' })
  })

  it('is refused where a call would get it across a thread, and the hint helps', async () => {
    const bytes = await assemble(AS_A_RESULT)
    const plugin = await host.load(bytes, { name: 'thread' })
    const error: unknown = await plugin.call('wait', [1n]).catch((error) => error)
    expect(error).toEqual(refused('wait'))
    expect(PluginError.is(error) && error.hint).toContain("`isolation: 'inline'`")
    const inline = await host.load(bytes, { name: 'inline', isolation: 'inline' })
    expect(inline.call('wait', [1n])).toBeTypeOf('object')
  })
})
