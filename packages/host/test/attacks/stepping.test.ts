import { createHost, PluginError } from '@wasm-plugin/host'
import { describe, expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

const NAMES = ['variables', 'grows', 'never']
const lifted = NAMES.map(
  (name) => `(func (export "${name}") (result s32) (canon lift (core func $i "${name}")))`,
).join('\n')

/** What was looked at: it asks for nothing. */
const SHOWN = `(component
  (core module $m ${NAMES.map((name) => `(func (export "${name}") (result i32) (i32.const 7))`).join('\n')})
  (core instance $i (instantiate $m))
  ${lifted})`

/** What lies beside it as its debug information, and is another program. */
const BESIDE = `(component
  (import "wasi:cli/environment@0.2.0" (instance $env
    (export "get-environment" (func (result (list (tuple string string)))))))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (core func $get (canon lower (func $env "get-environment")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "get" (func $get (param i32)))
    (func (export "variables") (result i32) (call $get (i32.const 8)) (i32.load (i32.const 12)))
    (func (export "grows") (result i32) (memory.grow (i32.const 100)))
    (func (export "never") (result i32) (loop $l (br $l)) (i32.const 0)))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $libc "memory")) (export "get" (func $get))))))
  ${lifted})`

/** It imports a function of the application that this did not give. */
const ASKING = `(component
  (import "secret" (func $secret (result s32)))
  (core func $get (canon lower (func $secret)))
  (core module $m (import "" "get" (func $get (result i32)))
    ${NAMES.map((name) => `(func (export "${name}") (result i32) (call $get))`).join('\n')})
  (core instance $i (instantiate $m (with "" (instance (export "get" (func $get))))))
  ${lifted})`

describe('a plugin that is stepped through', () => {
  attack(
    'I27',
    'Brings another program as its debug information, and is stepped through, where that is what runs',
    'it is code of the plugin, under the same grants, imports and limits',
    async () => {
      await using host = await createHost()
      const shown = await assemble(SHOWN)
      const options = { stepping: true, limits: { memoryBytes: 1 << 20, timeoutMs: 2_000 } }
      const load = async (text: string, more: object = {}) =>
        host.load(shown, { ...options, ...more, debug: await assemble(text) })

      await using plugin = await load(BESIDE, { name: 'without' })
      expect(await plugin.call('variables')).toBe(0)
      expect(await plugin.call('grows')).toBe(-1)
      await expect(plugin.call('never')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
      // The same sees what is granted, so it is what runs.
      const granted = { name: 'granted', grants: { env: { ONE: '1' } } }
      await using other = await load(BESIDE, granted)
      expect(await other.call('variables')).toBe(1)

      const refused = await load(ASKING, { name: 'asking' }).catch((error: unknown) => error)
      expect(PluginError.is(refused) && refused.code).toBe('IMPORT_NOT_GRANTED')
    },
  )
})
