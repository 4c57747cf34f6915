import { closest } from '@wasm-plugin/runtime/text'
import { describe, expect, it } from 'vitest'

describe('closest', () => {
  it.each([
    ['biuld', 'build'],
    ['inspct', 'inspect'],
    ['NEW', 'new'],
    ['validte', 'validate'],
  ])('finds what %s was meant to be', (word, meant) => {
    expect(closest(word, ['new', 'build', 'validate', 'inspect'])).toBe(meant)
  })

  it('does not guess wildly', () => {
    expect(closest('deploy', ['new', 'build', 'validate'])).toBeUndefined()
    expect(closest('x'.repeat(10_000), ['x'.repeat(10_001)])).toBeUndefined()
  })
})
