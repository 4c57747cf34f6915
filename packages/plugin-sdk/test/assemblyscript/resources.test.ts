import { ComponentError } from '@wasm-plugin/runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildGuest } from '../support/guest.js'

const WIT = `package demo:res@0.1.0;
interface store {
  /// A box of text.
  resource blob {
    constructor(text: string);
    read: func() -> string;
    append: func(more: string);
    join: static func(parts: list<borrow<blob>>) -> blob;
    open: static func(name: string) -> result<blob, string>;
    split: func() -> list<blob>;
  }
  swallow: func(b: blob) -> u32;
  lend: func(b: borrow<blob>) -> u32;
}
interface shapes {
  use store.{blob};
  resource counter {
    constructor(start: u32);
    add: func(n: u32) -> u32;
    sum: static func(a: borrow<counter>, b: counter) -> u32;
    parse: static func(text: string) -> result<counter, string>;
  }
  record pair { left: counter, right: option<counter> }
  pairs: func(n: u32) -> list<pair>;
  open-pair: func(p: pair) -> u32;
  total: func(all: list<borrow<counter>>) -> u32;
  same: func(c: counter) -> counter;
  dropped: func() -> u32;
  use-blobs: func(bs: list<borrow<blob>>, mine: blob) -> string;
  twice: func(name: string) -> string;
  misuse: func(how: u32);
}
world w { import store; export shapes; }`

const SOURCE = `
import { Blob, lend, swallow } from './gen/demo-res/store'
import { Pair } from './gen/demo-res/shapes'
import { Result } from './gen/cm'

let drops: u32 = 0
export class Counter {
  constructor(public value: u32) {}
  add(n: u32): u32 { this.value += n; return this.value }
  static sum(a: Counter, b: Counter): u32 { return a.value + b.value }
  static parse(text: string): Result<Counter, string> {
    if (text.length == 0) return Result.err<Counter, string>('empty')
    return Result.ok<Counter, string>(new Counter(<u32>parseInt(text)))
  }
  onDrop(): void { drops++ }
}
export function pairs(n: u32): Pair[] {
  const all: Pair[] = []
  for (let i: u32 = 0; i < n; i++) { const c = new Counter(i); all.push(new Pair(c, i % 2 ? c : null)) }
  return all
}
export function openPair(p: Pair): u32 { const right = p.right; return p.left.value + (right === null ? 1000 : right.value) }
export function total(all: Counter[]): u32 { let sum: u32 = 0; for (let i = 0; i < all.length; i++) sum += all[i].value; return sum }
export function same(c: Counter): Counter { return c }
export function dropped(): u32 { return drops }
export function useBlobs(bs: Blob[], own: Blob): string {
  let text = ''
  for (let i = 0; i < bs.length; i++) text += bs[i].read()
  own.append('!')
  text += own.read() + lend(own).toString()
  return text + swallow(own).toString()
}
export function twice(name: string): string {
  const opened = Blob.open(name)
  if (opened.isErr) return opened.error
  const a = opened.value, b = new Blob('-b'), joined = Blob.join([a, b])
  const parts = joined.split()
  let text = joined.read()
  for (let i = 0; i < parts.length; i++) { text += '|' + parts[i].read(); parts[i].drop() }
  a.drop(); a.drop(); b.drop(); joined.drop()
  return text
}
export function misuse(how: u32): void {
  const b = new Blob('x')
  if (how == 0) b.drop(); else swallow(b)
  b.read()
}
`

/** The host's side of \`store\`, which counts what is alive. */
function makeStore() {
  const alive = new Set<unknown>()
  class Blob {
    constructor(public text: string) {
      alive.add(this)
    }
    read() {
      return this.text
    }
    append(more: string) {
      this.text += more
    }
    split() {
      return [...this.text].slice(0, 3).map((letter) => new Blob(letter))
    }
    static join(parts: Blob[]) {
      return new Blob(parts.map((part) => part.text).join(''))
    }
    static open(name: string) {
      if (name === 'no') throw new ComponentError('no such blob')
      return new Blob(name)
    }
    [Symbol.dispose]() {
      alive.delete(this)
    }
  }
  const swallow = (blob: Blob) => {
    alive.delete(blob)
    return blob.text.length
  }
  return {
    alive,
    Blob,
    imports: { 'demo:res/store@0.1.0': { Blob, swallow, lend: (blob: Blob) => blob.text.length } },
  }
}

describe('resources', () => {
  let component: Awaited<ReturnType<typeof buildGuest>>
  beforeAll(async () => {
    component = await buildGuest({ wit: WIT, source: SOURCE })
  })
  const start = () => {
    const store = makeStore()
    // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the WIT above
    const shapes = component.instantiate(store.imports).exports['demo:res/shapes@0.1.0'] as any
    return { ...store, shapes }
  }

  it('of the host: constructor, methods, statics, lists, results; dropped by the guest', () => {
    const { shapes, alive } = start()
    expect(shapes.twice('ab')).toBe('ab-b|a|b|-')
    expect(shapes.twice('no')).toBe('no such blob')
    expect(alive.size).toBe(0)
  })

  it('of the host, lent and given in a call', () => {
    const { shapes, alive, Blob } = start()
    const [a, b, own] = [new Blob('a'), new Blob('b'), new Blob('own')]
    expect(shapes.useBlobs([a, b, a], own)).toBe('abaown!44')
    expect(alive.size).toBe(2)
    expect(shapes.useBlobs([a], new Blob(''))).toBe('a!11')
  })

  it.each([0, 1])('of the host, used after it was dropped or given away (%i)', (how) => {
    const { shapes } = start()
    expect(() => shapes.misuse(how)).toThrowError(expect.objectContaining({ code: 'GUEST_TRAP' }))
  })

  it('of the plugin: constructor, methods, statics, borrows, results', () => {
    const { shapes } = start()
    const counter = new shapes.Counter(5)
    expect(counter.add(2)).toBe(7)
    expect(shapes.Counter.sum(counter, new shapes.Counter(10))).toBe(17)
    expect(shapes.Counter.parse('41').add(1)).toBe(42)
    expect(() => shapes.Counter.parse('')).toThrowError(expect.objectContaining({ payload: 'empty' }))
    expect(shapes.total([counter, counter])).toBe(14)
  })

  it('of the plugin, in records and lists, one object behind two handles, destructors', () => {
    const { shapes } = start()
    const pairs = shapes.pairs(3)
    expect(pairs.map((pair: { right?: unknown }) => pair.right !== undefined)).toEqual([false, true, false])
    expect(pairs[1].right.add(5)).toBe(6)
    expect(pairs[1].left.add(0)).toBe(6)
    expect(shapes.openPair(pairs[1])).toBe(12)
    expect(shapes.openPair(pairs[2])).toBe(1002)
    expect(shapes.dropped()).toBe(3)
    const same = shapes.same(pairs[0].left)
    expect(same.add(1)).toBe(1)
    same[Symbol.dispose]()
    expect(shapes.dropped()).toBe(5)
  })

  it('are freed: a long run keeps memory and handles flat', () => {
    const { shapes, alive } = start()
    for (let i = 0; i < 3000; i++) {
      shapes.twice('soak')
      new shapes.Counter(i)[Symbol.dispose]()
    }
    expect(alive.size).toBe(0)
    expect(shapes.dropped()).toBe(3000)
  })
})
