import { join } from 'node:path'
import { build } from '@wasm-plugin/sdk'
import { loadPlugin, type TestPlugin } from '@wasm-plugin/sdk/testing'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeProject } from '../support/project.js'

const WIT = `package acme:site@0.1.0;
interface store {
  resource counter {
    constructor(start: u32);
    add: func(n: u32) -> u32;
    reset: func();
    best: static func() -> counter;
  }
  open: func(name: string) -> result<counter, string>;
  all: func() -> list<counter>;
  swallow: func(counter: counter);
}
interface run {
  construct: func(start: u32, n: u32) -> u32;
  open: func(name: string) -> u32;
  all: func() -> u32;
  best: func() -> u32;
  reset: func();
}
interface made {
  resource box {
    constructor(text: string);
    text: func() -> string;
  }
}
world plugin { import store; export run; export made; }`

const SOURCE = `
import { Counter, all as allCounters, open as openCounter, swallow } from "./gen/acme-site/store";

export function construct(start: u32, n: u32): u32 { return new Counter(start).add(n); }
export function open(name: string): u32 {
  const counter = openCounter(name);
  return counter.isErr ? 0 : counter.value.add(1);
}
export function all(): u32 {
  const counters = allCounters();
  let sum: u32 = 0;
  for (let i = 0; i < counters.length; i++) sum += counters[i].add(1);
  return sum;
}
export function best(): u32 { return Counter.best().add(5); }
export function reset(): void { const c = new Counter(1); c.reset(); swallow(c); }
`

const BOX = `
export class Box {
  constructor(private content: string) {}
  text(): string { return this.content; }
}
`

class Counter {
  #value: number
  constructor(start: number) {
    this.#value = start
  }
  add(n: number): number | Promise<number> {
    this.#value += n
    return this.#value
  }
  static best() {
    return new Counter(100)
  }
}

let component: string
beforeAll(async () => {
  const dir = makeProject({ 'wit/world.wit': WIT, 'assembly/index.ts': SOURCE, 'assembly/made.ts': BOX })
  await build({ dir, name: 'counting', wit: 'wit', mode: 'debug' })
  component = join(dir, 'dist/counting.wasm')
})

const open: TestPlugin[] = []
afterEach(() => Promise.all(open.splice(0).map((plugin) => plugin.close())))

let isolation: 'worker' | 'inline'

async function load(store: object): Promise<TestPlugin> {
  const plugin = await loadPlugin({ component, isolation, imports: { 'acme:site/store': store } })
  open.push(plugin)
  return plugin
}

const counting = {
  Counter,
  open: (name: string) => new Counter(name.length),
  all: () => [new Counter(1), new Counter(2)],
}

describe.each(['worker', 'inline'] as const)('resources, %s', (where) => {
  beforeEach(() => {
    isolation = where
  })

  it('records constructors, methods and static functions of a class of the test', async () => {
    const plugin = await load(counting)
    const run = plugin.exports['acme:site/run']
    expect(await run.construct(3, 4)).toBe(7)
    expect(plugin.calls()).toMatchObject([
      { function: 'acme:site/store#counter.constructor', args: [3] },
      { function: 'acme:site/store#counter.add', args: [4], result: 7 },
    ])
    expect(plugin.calls()[0]?.result).toBeInstanceOf(Counter)
    plugin.clear()
    expect(await run.best()).toBe(105)
    expect(plugin.calls().map((call) => call.function)).toEqual([
      'acme:site/store#counter.best',
      'acme:site/store#counter.add',
    ])
  })

  it('records methods of objects that the fakes made themselves', async () => {
    const plugin = await load(counting)
    const run = plugin.exports['acme:site/run']
    expect(await run.open('four')).toBe(5)
    expect(await run.all()).toBe(5)
    expect(plugin.calls('acme:site/store#counter.add').map(({ result }) => result)).toEqual([5, 2, 3])
  })

  it('sees each call once, for each plugin that an object is given to', async () => {
    const shared = new Counter(0)
    const first = await load({ ...counting, open: () => shared })
    await first.exports['acme:site/run'].open('a')
    await first.exports['acme:site/run'].open('a')
    expect(first.calls('acme:site/store#counter.add')).toHaveLength(2)
    expect(Object.keys(shared)).toEqual([])
    expect(Object.hasOwn(Counter.prototype, 'reset')).toBe(false)
  })

  it('stands in for methods that the class lacks, and for a class that is not there', async () => {
    const plugin = await load({ Counter })
    await plugin.exports['acme:site/run'].reset()
    expect(plugin.calls().map((call) => call.function)).toEqual([
      'acme:site/store#counter.constructor',
      'acme:site/store#counter.reset',
      'acme:site/store#swallow',
    ])
    const bare = await load({})
    await bare.exports['acme:site/run'].reset()
    expect(bare.calls()).toHaveLength(3)
    await expect(bare.exports['acme:site/run'].construct(1, 1)).rejects.toMatchObject({
      code: 'IMPORT_STUBBED',
      hint: expect.stringContaining(
        "In a test, give `loadPlugin` a fake: imports: { 'acme:site/store': { Counter: class { … } } }.",
      ),
    })
  })

  it('hands out the classes of the plugin', async () => {
    const plugin = await load({})
    const { Box } = plugin.exports['acme:site/made']
    expect(await new Box('full').text()).toBe('full')
  })
})

it('waits for asynchronous methods in a thread, and records them', async () => {
  isolation = 'worker'
  class Slow extends Counter {
    override async add(n: number): Promise<number> {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return super.add(n)
    }
  }
  const plugin = await load({ Counter: Slow, open: async () => new Slow(1) })
  expect(await plugin.exports['acme:site/run'].open('x')).toBe(2)
  expect(plugin.calls('acme:site/store#counter.add')).toMatchObject([{ args: [1], result: 2 }])
})

describe('loadPlugin with a resource of the world itself', () => {
  let component: string
  beforeAll(async () => {
    const wit = `package demo:shop;
      world pricing {
        resource basket { constructor(currency: string); total: func() -> u32; clear: func(); empty: static func() -> basket; }
        export price: func(basket: basket) -> u32;
        export start: func() -> u32;
      }`
    const source = `import { Basket } from "./gen/world";
      export function price(basket: Basket): u32 { basket.clear(); return basket.total() + new Basket("EUR").total(); }
      export function start(): u32 { return Basket.empty().total(); }`
    const dir = makeProject({ 'shop.wit': wit, 'assembly/index.ts': source })
    component = (await build({ dir, name: 'shop', wit: 'shop.wit' })).path
  })

  interface Exports {
    price(basket: object): Promise<number>
    start(): Promise<number>
  }
  class Basket {
    constructor(readonly currency: string) {}
    total(): number {
      return this.currency.length
    }
    clear(): void {}
  }

  it.each(['worker', 'inline'] as const)(
    'takes its class, and stands in for what it lacks (%s)',
    async (isolation) => {
      await using plugin = await loadPlugin<Exports, { Basket: typeof Basket }>({
        component,
        isolation,
        imports: { Basket },
      })
      expect(await plugin.exports.price(new Basket('pounds'))).toBe(9)
      expect(plugin.calls('basket.constructor').map(({ args }) => args)).toEqual([['EUR']])
      expect(plugin.calls('basket.total')).toHaveLength(1)
      await expect(plugin.exports.start()).rejects.toMatchObject({
        message: expect.stringContaining('basket.empty'),
      })
    },
  )
})
