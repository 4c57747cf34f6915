import { snapshotOf } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'

const MAX = 1_000

it('what a thread says that it has saved is taken in as bytes and a text, or not at all', () => {
  const state = new Uint8Array(100)
  expect(snapshotOf({ state, wasi: '{}', more: 1 }, MAX)).toEqual({ state, wasi: '{}' })
  expect(snapshotOf(null, MAX)).toBeNull()
  // A part of other memory is copied out of it.
  const part = new Uint8Array(new ArrayBuffer(200), 50, 100)
  expect(snapshotOf({ state: part, wasi: '' }, MAX)?.state.buffer.byteLength).toBe(100)
  for (const value of [
    ...[undefined, 7, 'all', [], {}, { state }, { wasi: '' }, { state: 'all', wasi: '' }, { state, wasi: 7 }],
    { state: new Uint16Array(4), wasi: '' },
    { state: new Uint8Array(new SharedArrayBuffer(4)), wasi: '' },
    { state: new Uint8Array(MAX + (16 << 20) + 1), wasi: '' },
    { state, wasi: 'x'.repeat((1 << 20) + 1) },
  ])
    expect(() => snapshotOf(value, MAX)).toThrow('it is damaged')
})
