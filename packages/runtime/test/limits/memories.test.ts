import { Component } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { wat } from './wat.js'

/** A component that instantiates one core module so many times. */
function component(instances: number): Promise<Uint8Array> {
  const each = Array.from({ length: instances }, () => '(core instance (instantiate $m))').join('\n')
  return wat(`(component (core module $m (memory 1)) ${each})`)
}

describe('the memories of an instance', () => {
  it('are counted over all its core instances, since each has a limit of its own', async () => {
    const many = await Component.compile(await component(17))
    expect(() => many.instantiate()).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', data: { limit: 'memories', value: 17, max: 16 } }),
    )
    many.instantiate({}, { limits: { memories: 17 } })
    const few = await Component.compile(await component(3))
    expect(() => few.instantiate({}, { limits: { memories: 2 } })).toThrow(
      /memories is 3, over the limit of 2/,
    )
    few.instantiate()
  })

  it('do not count what a module imports', async () => {
    const bytes = await wat(`(component
      (core module $a (memory (export "m") 1)) (core module $b (import "a" "m" (memory 1)))
      (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))`)
    const shared = await Component.compile(bytes)
    shared.instantiate({}, { limits: { memories: 1 } })
  })
})
