// On every Node: messages between threads.
import { walkOf } from '@wasm-plugin/embed/internal'
import type { ValueType } from '@wasm-plugin/runtime'
import { expect, it } from 'vitest'

const own = { kind: 'own', resource: { kind: 'resource', name: 'thing' } } as unknown as ValueType
const list = (element: ValueType): ValueType => ({ kind: 'list', element }) as ValueType
const option = (element: ValueType): ValueType => ({ kind: 'option', element }) as ValueType
const tuple = (...items: ValueType[]): ValueType => ({ kind: 'tuple', items }) as ValueType
const bool = { kind: 'bool' } as ValueType

it.each([
  ['a long list', list(own), () => Array.from({ length: 100_000 }, (_, i) => i)],
  ['a long list in a list', list(list(own)), () => [Array.from({ length: 100_000 }, (_, i) => i)]],
  ['lists of few', list(list(own)), () => Array.from({ length: 50_000 }, (_, i) => [i])],
  ['options', list(option(own)), () => Array.from({ length: 100_000 }, (_, i) => (i % 2 ? i : undefined))],
  ['tuples', list(tuple(bool, own)), () => Array.from({ length: 50_000 }, (_, i) => [true, i])],
  ['an optional list', option(list(own)), () => Array.from({ length: 100_000 }, (_, i) => i)],
])('handles in %s are replaced in steps', (_, type, make) => {
  const walk = walkOf(type)
  const seen: unknown[] = []
  const steps = walk?.steps?.(make(), (id) => {
    seen.push(id)
    return id
  })
  let count = 0
  let longest = 0
  for (;;) {
    const before = seen.length
    const next = steps?.next()
    longest = Math.max(longest, seen.length - before)
    if (next?.done !== false) {
      expect(next?.value).toEqual(make())
      break
    }
    count++
  }
  expect(count).toBeGreaterThan(100)
  expect(longest).toBeLessThanOrEqual(256)
  expect(walk?.(make(), (id) => id)).toEqual(make())
})
