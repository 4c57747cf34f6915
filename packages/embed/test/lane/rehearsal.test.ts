import { rehearse } from '@wasm-plugin/embed/thread'
import { expect, it } from 'vitest'

it('a thread runs the code of its lane by itself, with nobody to wait for', () => {
  const calls: unknown[][] = []
  rehearse({
    type: {
      kind: 'func',
      async: false,
      params: [{ name: 'text', type: { kind: 'string' } }],
      result: { kind: 'list', element: { kind: 'u32' } },
    },
    args: ['warm'],
    run(...args) {
      calls.push(args)
      return Uint32Array.of(calls.length)
    },
  })
  expect(calls).toHaveLength(16)
  expect(calls.every(([text]) => text === 'warm')).toBe(true)
})
