import { readFileSync } from 'node:fs'
import { ComponentError, createHost } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeClangProject } from '../support/project.js'

const WIT = readFileSync(new URL('./cpp-imports.wit', import.meta.url), 'utf8')
const SOURCE = readFileSync(new URL('./cpp-imports.cpp', import.meta.url), 'utf8')

interface Point {
  x: number
  y: number
  name: string
}
type Failure = { tag: 'missing'; val: string } | { tag: 'full'; val: bigint } | { tag: 'other' }
type Shape =
  | { tag: 'circle'; val: number }
  | { tag: 'poly'; val: Point[] }
  | { tag: 'named'; val: string }
  | { tag: 'none' }

/** The application: it counts the stores that the plugin has let go of. */
function application() {
  const dropped: string[] = []
  const fail = (payload: Failure | string) => new ComponentError(payload)
  class Store {
    readonly entries = new Map<string, string | undefined>()
    constructor(readonly name: string) {}
    put(key: string, value: string | undefined): number {
      if (key === '') throw fail({ tag: 'missing', val: `${this.name}: no key` })
      if (this.entries.size === 2) throw fail({ tag: 'full', val: 2n ** 63n })
      this.entries.set(key, value)
      return this.entries.size
    }
    keys(): string[] {
      return [...this.entries].map(([key, value]) => `${key}=${value ?? '-'}`)
    }
    static open(name: string): Store {
      if (name === '') throw fail('no name')
      return new Store(`${name}!`)
    }
    [Symbol.dispose](): void {
      dropped.push(this.name)
    }
  }
  const host = {
    Store,
    greet: (name: string, times: number) => `Grüße, ${name} 😀`.repeat(times),
    sum: (points: Point[]) => ({
      x: points.reduce((all, { x }) => all + x, 0),
      y: points.reduce((all, { y }) => all + y, 0),
      name: points.map(({ name }) => name).join('+'),
    }),
    turn: (shape: Shape, level: string, perms: Record<string, boolean>) => [
      shape.tag === 'poly' ? { tag: 'poly', val: [...shape.val].reverse() } : shape,
      level === 'low' ? 'high' : 'low',
      { read: !perms.read, write: !perms.write, exec: !perms.exec },
    ],
    area: (shape: Shape) => {
      if (shape.tag === 'circle') return shape.val * 2
      throw fail(shape.tag === 'none' ? { tag: 'other' } : { tag: 'missing', val: shape.tag })
    },
    merge: (a: Store, b: Store) => {
      for (const [key, value] of a.entries) b.entries.set(key, value)
      return b
    },
    check: (n: number) => {
      if (n > 1) throw fail(`${n} is too many`)
    },
    again: (attempt: unknown) => attempt,
  }
  return { host, dropped }
}

const ANSWERS = {
  strings: ['Grüße, ä 😀Grüße, ä 😀', '', '300000'],
  records: ['3.5 -4 a+ü+', '0 0 '],
  variants: ['poly ü,a, high 110', 'circle 1.5 low 101', 'named näh high 111', 'none low 000'],
  results: ['3', 'missing named', 'other', 'ok', '2 is too many'],
  attempts: ['3', 'missing it', 'never'],
  copies: ['second', 'second', 'third'],
  resources: [
    '1 2',
    'full 9223372036854775808',
    'missing one: no key',
    'a=1,b=-',
    'no name',
    'two!: c=3,a=1,b=-',
  ],
}

describe('functions of the application, called by a plugin in C++', { timeout: 600_000 }, () => {
  let path: string
  beforeAll(async () => {
    const dir = makeClangProject({ 'w.wit': WIT, 'src/plugin.cpp': SOURCE })
    path = (await build({ dir, name: 'imports', wit: 'w.wit', mode: 'debug' })).path
  }, 600_000)

  it.each(['worker', 'inline'] as const)('take and give every kind of value (%s)', async (isolation) => {
    const { host: imports, dropped } = application()
    await using host = await createHost()
    const plugin = await host.load(path, { isolation, imports: { 'a:b/host': imports } })
    const go = plugin.exports.go as (what: string) => string[] | Promise<string[]>
    // Often enough for what is freed twice, or not at all, to show.
    for (let round = 0; round < 30; round++)
      for (const [what, answer] of Object.entries(ANSWERS)) expect(await go(what), what).toEqual(answer)
    expect(new Set(dropped)).toEqual(new Set(['one', 'two!', 'spare']))
    expect(dropped.length).toBe(3 * 30)
  })
})
