import { AsyncLocalStorage } from 'node:async_hooks'
import { MessagePort } from 'node:worker_threads'
import { ComponentError, createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

/** Of each case: both ways that a function may be asked for are taken by then, whatever else the machine does. */
const TIMES = 100

const PLUGIN = `(component
  (import "twice" (func $twice (param "value" u32) (result u32)))
  (import "check" (func $check (param "value" u32) (result (result (error u32)))))
  (import "fill" (func $fill (param "size" u32) (result string)))
  (core module $libc
    (memory (export "memory") 32)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $twice' (canon lower (func $twice)))
  (core func $check' (canon lower (func $check) (memory $memory)))
  (core func $fill' (canon lower (func $fill) (memory $memory) (realloc $realloc)))
  (core module $m
    (import "env" "memory" (memory 0))
    (import "env" "twice" (func $twice (param i32) (result i32)))
    (import "env" "check" (func $check (param i32 i32)))
    (import "env" "fill" (func $fill (param i32 i32)))
    (func (export "twice") (param i32) (result i32) (call $twice (local.get 0)))
    (func (export "many") (param $left i32) (result i32) (local $sum i32)
      (loop $next
        (if (local.get $left) (then
          (local.set $sum (i32.add (local.get $sum) (call $twice (local.get $left))))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next))))
      (local.get $sum))
    (func (export "check") (param i32) (result i32) (call $check (local.get 0) (i32.const 16)) (i32.const 16))
    (func (export "fill") (param i32) (result i32) (call $fill (local.get 0) (i32.const 32)) (i32.const 32)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "memory" (memory $memory)) (export "twice" (func $twice'))
    (export "check" (func $check')) (export "fill" (func $fill'))))))
  (func (export "twice") (param "value" u32) (result u32) (canon lift (core func $i "twice")))
  (func (export "many") (param "times" u32) (result u32) (canon lift (core func $i "many")))
  (func (export "check") (param "value" u32) (result (result (error u32)))
    (canon lift (core func $i "check") (memory $memory)))
  (func (export "fill") (param "size" u32) (result string)
    (canon lift (core func $i "fill") (memory $memory))))`

interface Exports {
  twice(value: number): Promise<number>
  many(times: number): Promise<number>
  check(value: number): Promise<void>
  fill(size: number): Promise<string>
}

/** Set in the run in which nothing goes by shared memory. */
const byMessage = process.env.WASM_PLUGIN_LANE === 'off'

let component: Uint8Array
let host: Host
let plugin: Plugin<Exports>
let twice: (value: number) => unknown
let check: (value: number) => unknown
let fill: (size: number) => unknown

beforeAll(async () => {
  component = await assemble(PLUGIN)
})
beforeEach(async () => {
  twice = (value) => value * 2
  check = () => {}
  fill = (size) => 'x'.repeat(size)
  host = await createHost()
  plugin = await load('first')
})
afterEach(() => host.close())

function load(name: string): Promise<Plugin<Exports>> {
  const imports = {
    twice: (value: number) => twice(value),
    check: (value: number) => check(value),
    fill: (size: number) => fill(size),
  }
  return host.load<Exports>(component, { name, imports })
}

async function times(run: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < TIMES; i++) await run(i)
}

describe('a function of the application that a plugin in a thread asks for', () => {
  it('answers every time, also many times in one call', async () => {
    await times(async (i) => expect(await plugin.exports.twice(i)).toBe(i * 2))
    await times(async (i) => expect(await plugin.exports.many(i)).toBe(i * (i + 1)))
  })

  it('may answer at once, later, or by turns', async () => {
    twice = (value) => (value % 3 === 0 ? Promise.resolve(value * 2) : value * 2)
    await times(async (i) => expect(await plugin.exports.twice(i)).toBe(i * 2))
    expect(await plugin.exports.many(50)).toBe(50 * 51)
  })

  it.skipIf(byMessage)('makes no message for its answer, whether that comes at once or later', async () => {
    const replies = vi.spyOn(MessagePort.prototype, 'postMessage')
    try {
      await times(async (i) => {
        twice = i % 2 === 0 ? (value) => value * 2 : async (value) => value * 2
        expect(await plugin.exports.many(i)).toBe(i * (i + 1))
      })
      expect(replies.mock.calls.filter(([message]) => message.type !== 'lane')).toEqual([])
    } finally {
      replies.mockRestore()
    }
  })

  it('throws the error of its `result` as ever, at once or later', async () => {
    const refuse = (value: number) => {
      throw new ComponentError(value)
    }
    check = (value) =>
      value % 2 === 0 ? refuse(value) : value % 3 === 0 ? undefined : (async () => refuse(value))()
    await times(async (i) => {
      const error = await plugin.exports.check(i).catch((error) => error)
      if (i % 2 !== 0 && i % 3 === 0) expect(error).toBeUndefined()
      else expect(ComponentError.is(error) && error.payload).toBe(i)
    })
  })

  it('fails the call when it throws anything else, or returns what is not of its type', async () => {
    const wrong = [
      () => {
        throw new Error('it is broken')
      },
      () => 'two',
      () => -1,
      async () => undefined,
    ]
    await times(async (i) => {
      twice = wrong[i % wrong.length] as typeof twice
      await expect(plugin.exports.twice(1)).rejects.toMatchObject({ code: 'HOST_FUNCTION_FAILED' })
      twice = (value) => value * 2
      await expect(plugin.exports.twice(i)).resolves.toBe(i * 2)
    })
  })

  it('answers with texts of every size', async () => {
    for (const size of [0, 1, 100, 60_000, 130_000, 500_000])
      for (let i = 0; i < 10; i++) expect(await plugin.exports.fill(size)).toHaveLength(size)
  })

  it('may call other plugins, which ask for it in turn', async () => {
    const second = await load('second')
    let inner: Promise<number>[] = []
    twice = (value) => {
      if (value % 2 === 1) inner.push(second.exports.twice(value - 1))
      return value * 2
    }
    await times(async (i) => {
      inner = []
      expect(await plugin.exports.twice(2 * i + 1)).toBe(4 * i + 2)
      expect(await Promise.all(inner)).toEqual([4 * i])
    })
  })

  it('waits for another plugin that it has called', async () => {
    const second = await load('second')
    twice = (value) => (value % 2 === 1 ? second.exports.twice(value + 1) : value * 2)
    await times(async (i) => expect(await plugin.exports.twice(2 * i + 1)).toBe(4 * i + 4))
  })

  it('is told that a call of its own plugin would never run', async () => {
    const codes: unknown[] = []
    twice = async (value) => {
      if (value === 0) await plugin.exports.many(1).catch(({ code }) => codes.push(code))
      return value * 2
    }
    await times(async (i) => {
      expect(await plugin.exports.twice(0)).toBe(0)
      expect(await plugin.exports.twice(i + 1)).toBe(2 * i + 2)
    })
    expect(codes).toEqual(Array(TIMES).fill('CALL_DEADLOCK'))
  })

  it('does not see what is stored for the code that made the call', async () => {
    const store = new AsyncLocalStorage<string>()
    const seen = new Set<string | undefined>()
    twice = (value) => {
      seen.add(store.getStore())
      return value * 2
    }
    await times((i) => store.run('caller', () => plugin.exports.twice(i)))
    expect([...seen]).toEqual([undefined])
  })

  it('may close its plugin, which ends the call', async () => {
    for (let i = 0; i < 10; i++) {
      const other = await load(`other-${i}`)
      for (let j = 0; j < i * 3; j++) await other.exports.twice(1)
      const closed: Promise<void>[] = []
      twice = (value) => {
        closed.push(other.close())
        return value * 2
      }
      await expect(other.exports.twice(1)).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' })
      await Promise.all(closed)
      twice = (value) => value * 2
    }
  })

  it('may abort the call that it is asked in', async () => {
    for (let i = 0; i < 15; i++) {
      const aborter = new AbortController()
      twice = (value) => {
        aborter.abort()
        return value * 2
      }
      await expect(plugin.with({ signal: aborter.signal }).exports.many(2)).rejects.toMatchObject({
        code: 'CALL_ABORTED',
      })
      twice = (value) => value * 2
      expect(await plugin.exports.twice(i)).toBe(i * 2)
    }
  })

  it('is named when it has used up the time of the call', async () => {
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < i * 5; j++) await plugin.exports.twice(1)
      twice = (value) => {
        const end = performance.now() + 60
        while (performance.now() < end);
        return value * 2
      }
      await expect(plugin.with({ timeoutMs: 50 }).exports.many(3)).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        data: { hostFunction: 'twice' },
      })
      twice = (value) => value * 2
    }
  })
})

attack(
  'E151',
  'Asks for a function of the application without end, while its thread waits in place for the answer of the call',
  'the application waits in place for a few microseconds of each turn: its timers run, and the call ends at its deadline',
  async () => {
    await times(async (i) => expect(await plugin.exports.twice(i)).toBe(i * 2))
    twice = () => 0
    let ticks = 0
    const ticking = setInterval(() => {
      ticks++
    }, 1)
    await expect(plugin.with({ timeoutMs: 500 }).exports.many(2 ** 32 - 1)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(5)
    expect(await plugin.exports.twice(1)).toBe(0)
  },
)

attack(
  'E160',
  'Asks without end for a function of the application whose answers take a turn of promises each',
  'the application has its turns: its timers run, and the call ends at its deadline',
  async () => {
    twice = async () => 0
    let ticks = 0
    const ticking = setInterval(() => {
      ticks++
    }, 1)
    await expect(plugin.with({ timeoutMs: 500 }).exports.many(2 ** 32 - 1)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(5)
    expect(await plugin.exports.twice(1)).toBe(0)
  },
)

it('a call that waits for a function that never answers ends when it is aborted, and with its plugin', async () => {
  const aborter = new AbortController()
  twice = () => {
    setImmediate(() => aborter.abort())
    return new Promise(() => {})
  }
  await expect(plugin.with({ signal: aborter.signal }).exports.twice(1)).rejects.toMatchObject({
    code: 'CALL_ABORTED',
  })
  twice = () => {
    setImmediate(() => void plugin.close())
    return new Promise(() => {})
  }
  await expect(plugin.exports.twice(1)).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' })
})
