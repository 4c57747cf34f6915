import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

/** Calls `ask` of the application for ever in `ask-for-ever`, and once in `ask-once`. */
const ASKING = `(component
  (import "ask" (func $ask))
  (core func $ask' (canon lower (func $ask)))
  (core module $m
    (import "env" "ask" (func $ask))
    (func (export "for-ever") (loop $again (call $ask) (br $again)))
    (func (export "once") (call $ask)))
  (core instance $i (instantiate $m (with "env" (instance (export "ask" (func $ask'))))))
  (func (export "ask-for-ever") (canon lift (core func $i "for-ever")))
  (func (export "ask-once") (canon lift (core func $i "once"))))`

describe('a plugin in the thread of the application', () => {
  attack(
    'E93',
    'Calls out without end, inline, where each call takes long and little fuel',
    'it is ended at its deadline, and the next call gets a fresh instance',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      let asked = 0
      const ask = () => {
        asked++
        // What a slow disk takes: without a deadline, the fuel of a call is enough for two million of these.
        const until = performance.now() + 1
        while (performance.now() < until);
      }
      const limits = { timeoutMs: 50 }
      const plugin = await host.load(await assemble(ASKING), {
        imports: { ask },
        isolation: 'inline',
        limits,
      })
      expect(() => plugin.exports.askForEver()).toThrow(
        expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }),
      )
      expect(asked).toBeLessThan(60)
      plugin.exports.askOnce()
      // The clock of one call is not that of the next.
      for (let i = 0; i < 60; i++) plugin.exports.askOnce()
    },
  )
})
