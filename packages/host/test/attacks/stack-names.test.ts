import { inspect } from 'node:util'
import { createHost } from '@wasm-plugin/host'
import { describe, expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

const EVIL = String.raw`x\1b[31mRED\0a    at process.pwned (/etc/passwd:1:1)\0a\1b]0;title\07\c2\9b\e2\80\ae`
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there raw.
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|process\.pwned \(\/etc\/passwd:1:1\)\n/

const shown = (call: () => unknown) =>
  Promise.resolve()
    .then(call)
    .then(
      () => 'no error',
      (error: Error) => inspect(error) + String((error.cause as Error | undefined)?.stack),
    )

describe.each(['worker', 'inline'] as const)('an error that the application prints (%s)', (isolation) => {
  attack(
    'F22',
    'Names its core functions and modules so that the stack of a trap drives the terminal and forges frames',
    'every such character is a question mark, in the stacks of traps and of errors of the application',
    async () => {
      const bytes = await assemble(`(component
        (import "say" (func $say))
        (core func $lowered (canon lower (func $say)))
        (core module $"${EVIL}"
          (import "" "say" (func $say))
          (func $"${EVIL}" (unreachable))
          (func $"${EVIL} too" (call $say))
          (func (export "trap") (call 1))
          (func (export "tell") (call 2)))
        (core instance $i (instantiate 0 (with "" (instance (export "say" (func $lowered))))))
        (func (export "trap") (canon lift (core func $i "trap")))
        (func (export "tell") (canon lift (core func $i "tell"))))`)
      await using host = await createHost()
      const say = () => {
        throw new Error('of the application')
      }
      const plugin = await host.load(bytes, { isolation, imports: { say } })
      const trapped = await shown(() => plugin.call('trap'))
      expect(trapped).toContain('unreachable')
      expect(trapped).toContain('x?[31mRED?')
      expect(trapped).not.toMatch(RAW)
      const told = await shown(() => plugin.call('tell'))
      expect(told).toContain('of the application')
      expect(told).not.toMatch(RAW)
    },
  )

  attack(
    'F23',
    'Is refused by the engine with a message that quotes a name of its own',
    'the name is shown, in the cause as well',
    async () => {
      const refused = await assemble(`(component
        (core module $m (func $f) (export "${EVIL}" (func $f)) (export "${EVIL}" (func $f))))`)
      await using host = await createHost()
      const error = await shown(() => host.load(refused, { isolation }))
      expect(error).toMatch(/INVALID_/)
      expect(error).not.toMatch(RAW)
    },
  )
})
