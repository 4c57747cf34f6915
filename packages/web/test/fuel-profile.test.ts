import { createHost } from '@wasm-plugin/web'
import { expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

const WORK = `(component
  (core module $m
    (func $hot (param i32)
      (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func $cold (param i32) (call $hot (i32.const 10)))
    (func (export "work") (param i32) (call $hot (local.get 0)) (call $cold (local.get 0))))
  (core instance $i (instantiate $m))
  (func (export "work") (param "n" u32) (canon lift (core func $i "work"))))`

it('counts in a page, too, what each function of a plugin used, the same each time', async () => {
  await using host = await createHost()
  const plugin = await host.load(await assemble(WORK), { profile: 'fuel' })
  const once = () => plugin.profile(() => plugin.call('work', [1_000]), { by: 'fuel' })
  const profile = await once()
  expect(profile.functions[0]).toMatchObject({ function: 'hot', file: null })
  expect(profile.functions[0]!.fuel).toBeGreaterThan(4_000)
  const { functions, fuel } = await once()
  expect({ functions, fuel }).toEqual({ functions: profile.functions, fuel: profile.fuel })
})
