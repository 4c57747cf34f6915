import { defaultCompileLimits } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { binary, refusal, refusalOf } from './wat.js'

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

/** Each component instantiates the one before it twice, found through an outer alias. */
function instantiationBomb(depth: number): string {
  const levels = range(depth).map(
    (i) => `(component $c${i + 1} (alias outer $root $c${i} (component $c))
      (instance (instantiate $c)) (instance (instantiate $c)))`,
  )
  return `(component $root (component $c0) ${levels.join(' ')} (instance (instantiate $c${depth})))`
}

/** Each component holds the next and instantiates it twice. */
function nestedBomb(depth: number): string {
  if (depth === 0) return ''
  return `(component $c ${nestedBomb(depth - 1)}) (instance (instantiate $c)) (instance (instantiate $c))`
}

/** Each type holds the one before it twice. */
function typeBomb(depth: number): string {
  const levels = range(depth).map((i) => `(type $t${i + 1} (tuple $t${i} $t${i}))`)
  return `(component (type $t0 (tuple u8 u8)) ${levels.join(' ')})`
}

/** Each instance type holds the one before it twice, with resources, so that nothing can be shared. */
function resourceBomb(depth: number): string {
  const levels = range(depth).map(
    (i) => `(type $t${i + 1} (instance (alias outer $root $t${i} (type $p))
      (export "a" (instance (type $p))) (export "b" (instance (type $p)))))`,
  )
  return `(component $root (type $t0 (instance (export "r" (type (sub resource)))))
    ${levels.join(' ')} (import "x" (instance (type $t${depth}))))`
}

/** Each component gets the one before it as an argument, and instantiates it twice without knowing it. */
function higherOrderBomb(depth: number): string {
  const levels = range(depth).map(
    (i) => `(component $twice${i + 1} (import "c" (component $c))
      (instance (instantiate $c)) (instance (instantiate $c)))
      (component $c${i + 1} (alias outer $root $twice${i + 1} (component $t)) (alias outer $root $c${i} (component $c))
      (instance (instantiate $t (with "c" (component $c)))))`,
  )
  return `(component $root (component $c0) ${levels.join(' ')} (instance (instantiate $c${depth})))`
}

/** The start of a core module section with 2^21 functions of type 0: sizes and counts as LEB128. */
const CORE_FUNCTIONS = [
  ...[1, 0x97, 0x80, 0x80, 0x01],
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 0x84, 0x80, 0x80, 0x01],
  ...[0x80, 0x80, 0x80, 0x01],
]

describe('limits', () => {
  it.each([16, 20, 25, 30])('refuse 2^%i instantiations before any is made', async (depth) => {
    expect(await refusalOf(instantiationBomb(depth))).toMatch(/^LIMIT_EXCEEDED: instances is \d+, over/)
    expect(await refusalOf(higherOrderBomb(depth))).toMatch(/^LIMIT_EXCEEDED: instances is \d+, over/)
    expect(await refusalOf(`(component ${nestedBomb(depth)})`)).toMatch(
      /^LIMIT_EXCEEDED: instances is \d+, over/,
    )
  })

  it('count what one instantiation runs', async () => {
    const types = '(type u8)'.repeat(30)
    const uses = '(instance (instantiate $c))'.repeat(30)
    const text = `(component (component $c ${types}) ${uses})`
    expect(await refusalOf(text)).toBe('accepted')
    expect(await refusalOf(text, { instances: 31 })).toBe('accepted')
    expect(await refusalOf(text, { instances: 30 })).toMatch(/^LIMIT_EXCEEDED: instances is 31, over/)
    expect(await refusalOf(text, { definitions: 70 })).toMatch(
      /^LIMIT_EXCEEDED: definitions is \d+, over the limit of 700/,
    )
  })

  it('refuse components and types nested too deep', async () => {
    const nested = (depth: number): string => (depth === 0 ? '' : `(component ${nested(depth - 1)})`)
    expect(await refusalOf(`(component ${nested(32)})`)).toBe('accepted')
    expect(await refusalOf(`(component ${nested(33)})`)).toMatch(/^LIMIT_EXCEEDED: nesting is 33/)
    const types = (depth: number): string =>
      depth === 0 ? '(instance)' : `(instance (type ${types(depth - 1)}))`
    expect(await refusalOf(`(component (type ${types(31)}))`)).toBe('accepted')
    expect(await refusalOf(`(component (type ${types(40)}))`)).toMatch(/^LIMIT_EXCEEDED: nesting is 33/)
  })

  it('refuse a chain of types', async () => {
    const chain = (depth: number) =>
      `(component (type $t0 (list u8)) ${range(depth)
        .map((i) => `(type $t${i + 1} (list $t${i}))`)
        .join('')})`
    expect(await refusalOf(chain(62))).toBe('accepted')
    expect(await refusalOf(chain(63))).toMatch(/^LIMIT_EXCEEDED: typeDepth is 65/)
    expect(await refusalOf(chain(5000))).toMatch(/^LIMIT_EXCEEDED: typeDepth is 65/)
  })

  it('refuse a type that doubles, at the level that is too large', async () => {
    expect(await refusalOf(typeBomb(14))).toBe('accepted')
    expect(await refusalOf(typeBomb(25))).toMatch(
      /^LIMIT_EXCEEDED: typeSize is \d+, over the limit of 100000/,
    )
    expect(await refusalOf(resourceBomb(25))).toMatch(/^LIMIT_EXCEEDED: type(Size|Steps)/)
  })

  it('refuse work that repeats over many imports', async () => {
    const exports = range(300).map((i) => `(export "r${i}" (type (sub resource)))`)
    const imports = range(300).map((i) => `(import "i${i}" (instance (type $t)))`)
    const text = `(component (type $t (instance ${exports.join('')})) ${imports.join('')})`
    expect(await refusalOf(text)).toBe('accepted')
    expect(await refusalOf(text, { typeSteps: 50_000 })).toMatch(/^LIMIT_EXCEEDED: typeSteps is \d+, over/)
    expect(await refusalOf(text, { typeSize: 50_000 })).toMatch(/^LIMIT_EXCEEDED: typeSize is \d+, over/)
  })

  it.each([
    ['componentBytes', '(component)', { componentBytes: 7 }],
    ['definitions', '(component (type u8) (type u8) (type u8))', { definitions: 2 }],
    ['definitions', '(component (type (instance (type u8) (type u8))))', { definitions: 2 }],
    ['definitions', '(component (core type (module (type (func)) (type (func)))))', { definitions: 2 }],
    ['coreModules', '(component (core module) (component (core module)))', { coreModules: 1 }],
    ['instances', '(component (core module $m) (core instance (instantiate $m)))', { instances: 1 }],
    ['nameBytes', '(component (import "too-long" (func)))', { nameBytes: 7 }],
    ['nameBytes', '(component (core module (func (export "too-long"))))', { nameBytes: 7 }],
    ['typeSize', '(component (type (enum "a" "b" "c")))', { typeSize: 2 }],
  ])('%s refuses %s', async (limit, text, limits) => {
    expect(await refusalOf(text)).toBe('accepted')
    expect(await refusalOf(text, limits)).toMatch(new RegExp(`^LIMIT_EXCEEDED: ${limit} is`))
  })

  it('refuse a name of 90 kB, and one that says it is 4 GB', async () => {
    expect(await refusalOf(`(component (import "${'a'.repeat(90_000)}" (func)))`)).toMatch(
      /nameBytes is 90000/,
    )
    const huge = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(refusal(huge)).toMatch(/nameBytes is 4294967295/)
  })

  it.each([
    ['custom sections', [0, 1, 0], []],
    ['core functions', [0], CORE_FUNCTIONS],
  ] as const)('refuse millions of %s', (_, item, before) => {
    const count = 2 ** 21
    const bytes = new Uint8Array(8 + before.length + count * item.length)
    bytes.set([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])
    bytes.set(before, 8)
    for (let i = 0; i < count; i++) bytes.set(item, 8 + before.length + i * item.length)
    expect(refusal(bytes)).toMatch(/^LIMIT_EXCEEDED: definitions is|a core module has 2097152 functions/)
  })

  it('count what is said before it is there', async () => {
    const bytes = await binary('(component (type u8))')
    // The vector of types says 200,000 and the section is long enough to be believed.
    const padded = new Uint8Array(8 + 4 + 3 + 200_000)
    padded.set(bytes.subarray(0, 8))
    padded.set([7, 0xc3, 0x9a, 0x0c, 0xc0, 0x9a, 0x0c], 8)
    expect(refusal(padded)).toMatch(/^LIMIT_EXCEEDED: definitions is 200000/)
    expect(defaultCompileLimits.definitions).toBe(100_000)
  })
})
