// On every Node: turns of the event loop, and the depth of the stack.
import { createHost, type Host, type HostImports, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { guest } from './helpers/guests.js'

/** Mistakes of the application while a plugin runs are not blamed on the plugin. */
const API = 'test:kitchen/api'
const LOOK_UP = 'test:kitchen/host@1.2.0#look-up'
let kitchen: Uint8Array
let host: Host
const limits: unknown[] = []

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  limits.length = 0
  host = await createHost()
  host.on('fault', (event) => limits.push(event))
})
afterEach(() => host.close())

const lookUp = (call: (key: string) => unknown): HostImports => ({
  'test:kitchen/host': { say() {}, lookUp: call },
})
const load = (call: (key: string) => unknown, options = {}) =>
  host.load(kitchen, { imports: lookUp(call), ...options })

async function failureOf(promise: Promise<unknown>): Promise<PluginError> {
  const error = await promise.then(
    () => expect.fail('expected a failure'),
    (reason: unknown) => reason,
  )
  if (!PluginError.is(error)) throw error
  return error
}

/** Node 20 has no `Promise.withResolvers`. */
function gate() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}

describe('a function of the application that calls the plugin which called it', () => {
  it('is told that this call would never run, and may go on', async () => {
    let inner: unknown
    const plugin = await load(
      async () => {
        inner = await plugin.exports[API].add(1, 2).catch((error: unknown) => error)
        return 'answered all the same'
      },
      { limits: { timeoutMs: 60_000 } },
    )
    expect(await plugin.exports[API].lookUp('x')).toBe('answered all the same')
    expect(inner).toMatchObject({ code: 'CALL_DEADLOCK', origin: 'app', data: { hostFunction: LOOK_UP } })
    expect(limits).toEqual([])
  })

  it('is also told when it passed through another plugin', async () => {
    let inner: unknown
    const a = await load(async (key) => await b.exports[API].lookUp(key), {
      name: 'a',
      limits: { timeoutMs: 60_000 },
    })
    const b = await load(
      async () => {
        inner = await a.exports[API].add(1, 2).catch((error: unknown) => error)
        return 'b'
      },
      { name: 'b', limits: { timeoutMs: 60_000 } },
    )
    expect(await a.exports[API].lookUp('x')).toBe('b')
    expect(inner).toMatchObject({ code: 'CALL_DEADLOCK' })
  })

  it('gets its answer from another instance, until each of them waits', async () => {
    const codes: unknown[] = []
    const plugin = await load(
      async (key) => {
        if (key === 'xxx') codes.push(await plugin.exports[API].add(1, 2).catch((e: PluginError) => e.code))
        else return `${key}${await plugin.exports[API].lookUp(`${key}x`)}`
        return 'end'
      },
      { pool: { instances: 3 }, limits: { timeoutMs: 60_000 } },
    )
    expect(await plugin.exports[API].lookUp('x')).toBe('xxxend')
    expect(codes).toEqual(['CALL_DEADLOCK'])
  })

  it('finds two that wait for each other', async () => {
    const both = gate()
    let arrived = 0
    const codes: unknown[] = []
    const plugin = await load(
      async () => {
        if (++arrived === 2) both.resolve()
        await both.promise
        codes.push(await plugin.exports[API].add(1, 2).catch((e: PluginError) => e.code))
        return 'x'
      },
      { pool: { instances: 2 }, limits: { timeoutMs: 60_000 } },
    )
    await Promise.all([plugin.exports[API].lookUp('a'), plugin.exports[API].lookUp('b')])
    expect(codes.sort()).toEqual([3, 'CALL_DEADLOCK'])
  })

  it('may begin a call that it does not wait for', async () => {
    let later: Promise<unknown> | undefined
    const plugin = await load(
      () => {
        later = plugin.exports[API].add(1, 2)
        return 'now'
      },
      { limits: { timeoutMs: 60_000 } },
    )
    expect(await plugin.exports[API].lookUp('x')).toBe('now')
    expect(await later).toBe(3)
  })
})

describe('a function of the application that never answers', () => {
  it('is named by the deadline, which is not the plugin that was late', async () => {
    const plugin = await load(() => new Promise(() => {}))
    const error = await failureOf(plugin.with({ timeoutMs: 200 }).exports[API].lookUp('x'))
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      origin: 'app',
      message: `no answer within 200 ms: the plugin waits for ${LOOK_UP} of the application`,
    })
    expect(limits).toEqual([])
  })

  it('is not named for a plugin that is late itself', async () => {
    const plugin = await load((key) => key)
    const error = await failureOf(plugin.with({ timeoutMs: 200 }).exports[API].spin())
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', origin: 'plugin' })
    expect(limits).toHaveLength(1)
  })
})

describe.each(['worker', 'inline'] as const)('a text over valueBytes (%s)', (isolation) => {
  const call = async (plugin: unknown, name: string, arg: string) =>
    await (plugin as { exports: Record<string, Record<string, (arg: string) => unknown>> }).exports[API]?.[
      name
    ]?.(arg)

  it('is the mistake of who passed it, as an argument and as an answer', async () => {
    const plugin = await load(() => 'é'.repeat(600), { isolation, limits: { valueBytes: 1_000 } })
    for (const [name, arg] of [
      ['echo', 'x'.repeat(1_001)],
      ['echo', 'é'.repeat(501)],
      ['lookUp', 'x'],
    ] as const) {
      const error = await failureOf(call(plugin, name, arg))
      expect(error, name).toMatchObject({
        code: 'VALUE_TOO_LARGE',
        origin: 'app',
        data: { limit: 'valueBytes' },
      })
    }
    expect(await call(plugin, 'echo', 'x'.repeat(1_000))).toHaveLength(1_000)
    expect(limits).toEqual([])
  })

  it('is a failure of the function when it throws what cannot be looked at', async () => {
    const thrown = new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
        getPrototypeOf() {
          throw new Error('trap')
        },
      },
    )
    const plugin = await load(
      () => {
        throw thrown
      },
      { isolation },
    )
    const error = await failureOf(call(plugin, 'lookUp', 'x'))
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
  })
})

describe.each(['worker', 'inline'] as const)('a function of the application (%s)', (isolation) => {
  const fail = async (call: () => unknown) => {
    const plugin = await load(call, { isolation })
    const { exports } = plugin as unknown as { exports: Record<string, { lookUp(key: string): unknown }> }
    return await failureOf((async () => await exports[API]?.lookUp('x'))())
  }

  it.each([
    ['a text', 'no such key', 'no such key'],
    ['a number', 404, '404'],
    ['an error', new TypeError('not here'), 'not here'],
    ['a text that writes lines', 'a\nb', 'a\\u{a}b'],
  ])('that throws %s has it in the message', async (_, thrown, shown) => {
    const error = await fail(() => {
      throw thrown
    })
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
    expect(error.message).toContain(`host function ${LOOK_UP} failed: ${shown}`)
  })

  it('that recurses without end has exhausted the stack itself', async () => {
    const recurse = (key: string): string => `${recurse(key)}x`
    const error = await fail(() => recurse('x'))
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
  })
})

describe('the stack of an error', () => {
  type Api = Record<'add' | 'boom' | 'lookUp', (...args: unknown[]) => Promise<unknown>>
  async function theCaller(call: () => Promise<unknown>) {
    return await call()
  }
  const throwing = () => {
    throw new Error('none')
  }

  it.each([
    ['an argument of the wrong type', ({ add }: Api) => add(1, 'x'), 'TYPE_MISMATCH'],
    ['a fault of the plugin', ({ boom }: Api) => boom(), 'GUEST_TRAP'],
    ['a failure of the application', ({ lookUp }: Api) => lookUp('x'), 'HOST_FUNCTION_FAILED'],
  ])('says who waits for the call: %s', async (_, call, code) => {
    const plugin = await load(throwing)
    const error = await failureOf(theCaller(() => call(plugin.exports[API] as unknown as Api)))
    expect(error.code).toBe(code)
    expect(error.stack).toContain(`PluginError: ${error.message}`)
    expect(error.stack).toContain('theCaller')
  })

  it('says it of a call that ended at its deadline', async () => {
    const plugin = await load(() => new Promise(() => {}))
    const error = await failureOf(
      theCaller(() => plugin.with({ timeoutMs: 20 }).exports[API].lookUp('x') as Promise<unknown>),
    )
    expect(error.code).toBe('DEADLINE_EXCEEDED')
    expect(error.stack).toContain('theCaller')
  })
})
