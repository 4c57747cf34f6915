import { Component } from '@wasm-plugin/runtime'
import { expect, it } from 'vitest'
import { binary } from './wat.js'

const names = Array.from({ length: 2_000 }, (_, i) => `f${i}`)
const instance = names.map((name) => `(export "${name}" (func $f))`).join(' ')
const component = (body: string) =>
  binary(`(component
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f"))) ${body})`)

it.each([
  ['exports', instance],
  ['exports of one instance', `(instance $x ${instance}) (export "a:b/c" (instance $x))`],
  ['exports of a nested component', `(component (import "f" (func $f)) ${instance})`],
])('a component can be compiled in steps: 2,000 %s', async (_, body) => {
  let steps = 0
  await Component.compile(
    await component(body),
    {},
    {
      pause() {
        steps++
        return steps % 100 === 0 ? Promise.resolve() : undefined
      },
    },
  )
  expect(steps).toBeGreaterThan(2_000)
})

it('a module that is refused while others are compiled is heard of once', async () => {
  const modules = `(core module (memory 60000)) (core module (table 200000 funcref))`
  const compiling = Component.compile(
    await component(modules),
    {},
    { pause: () => new Promise((resolve) => setTimeout(resolve)) },
  )
  await expect(compiling).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})
