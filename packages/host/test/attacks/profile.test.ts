import { createHost } from '@wasm-plugin/host'
import { isPlainText } from '@wasm-plugin/runtime/text'
import { describe, expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

const EVIL = String.raw`x\1b[31mRED\0a    at process.pwned (/etc/passwd:1:1)\0a\1b]0;title\07\c2\9b\e2\80\ae</script>`
const NAMES = [EVIL, 'callWasi', 'callApplication', '(idle)', '(program)', '__proto__', 'constructor']

const guest = () =>
  assemble(`(component
    (core module $"${EVIL}"
      ${NAMES.map(
        (name) => `(func $"${name}" (local i32)
          (local.set 0 (i32.const 5000000))
          (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))`,
      ).join('\n')}
      (func (export "go") ${NAMES.map((_, i) => `(call ${i})`).join(' ')}))
    (core instance $i (instantiate 0))
    (func (export "go") (canon lift (core func $i "go"))))`)

describe.each(['worker', 'inline'] as const)('a profile (%s)', (isolation) => {
  attack(
    'I25',
    'Names its functions as the host does its own, as the engine does what is no function, and so that they drive a terminal',
    'all of it is time of the plugin, under names that are shown as what they are',
    async () => {
      await using host = await createHost()
      const plugin = await host.load(await guest(), { isolation })
      const { functions, wasiMs, hostMs, cpuProfile } = await plugin.profile(async () => {
        for (let i = 0; i < 20; i++) await plugin.call('go')
      })
      expect({ wasiMs, hostMs }).toEqual({ wasiMs: 0, hostMs: 0 })
      const names = functions.map(({ function: name }) => name ?? '')
      for (const name of NAMES.slice(1)) expect(names).toContain(name)
      expect(names.some((name) => name.startsWith('x\\u{1b}[31mRED'))).toBe(true)
      const shown = cpuProfile.nodes.flatMap(({ callFrame: { functionName, url } }) => [functionName, url])
      for (const text of [...names, ...shown]) expect(isPlainText(text)).toBe(true)
    },
  )
})
