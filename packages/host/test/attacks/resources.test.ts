import { readdirSync } from 'node:fs'
import { createHost, type LogEvent } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { addGuest, addInline, assemble, isBuilt, loadGuest, outcomeOf } from '../helpers/guests.js'

const RUN = 'test:guest/program#run'

describe.skipIf(!isBuilt('rust') || !isBuilt('c'))('a program that wants it all', () => {
  attack(
    'E21',
    'Computes for ever, recurses without end, panics, or reads outside of its memory',
    'fails with a code of its own; the next call gets a fresh instance',
    async () => {
      const { run, plugin } = await loadGuest('rust')
      const c = await loadGuest('c')
      await run('count')
      const spin = plugin.call(RUN, ['spin', []], { timeoutMs: 500 })
      expect(await outcomeOf(spin)).toBe('DEADLINE_EXCEEDED')
      expect(await run('count')).toBe('1')
      // The stack of V8 ends, or that of the program in its own memory: whichever is first.
      expect(await run('recurse')).toMatch(/^(STACK_EXHAUSTED|GUEST_TRAP)$/)
      expect(await run('panic', 'on purpose')).toBe('GUEST_TRAP')
      expect(await run('count')).toBe('1')
      expect(await c.run('overflow')).toBe('GUEST_TRAP')
      expect(await c.run('abort')).toBe('GUEST_TRAP')
      expect(await c.run('overrun')).toMatch(/^(!.*|[A-Z]+_TRAP|WASI_LIMIT|LIMIT_EXCEEDED)$/)
      expect(await c.run('env', 'X')).toBe('!unset')
    },
  )

  attack(
    'E22',
    'Takes and fills memory until there is no more',
    'gets what its limit allows; the rest of the process keeps its memory',
    async () => {
      const { run } = await loadGuest('rust', { limits: { memoryBytes: 64 << 20 } })
      const before = process.memoryUsage().rss
      const taken = Number(await run('memory-bomb'))
      expect(taken).toBeGreaterThan(10)
      expect(taken).toBeLessThan(64)
      expect(process.memoryUsage().rss - before).toBeLessThan(512 << 20)
      expect(await run('count')).toMatch(/^\d+$/)
    },
  )

  attack(
    'E23',
    'Answers with a string, or fails with one, that is larger than the limit',
    'the call fails with the limit; the next one works',
    async () => {
      const { run } = await loadGuest('rust', { limits: { valueBytes: 1 << 20 } })
      expect((await run('huge-answer', '1000000')).length).toBe(1_000_000)
      expect(await run('huge-answer', '1100000')).toBe('LIMIT_EXCEEDED')
      expect(await run('huge-error', '1100000')).toBe('LIMIT_EXCEEDED')
      expect(await run('count')).toBe('1')
    },
  )

  attack(
    'E24',
    'Asks for 2^31, 2^40 and 2^64 - 1 random bytes',
    'refused by the cap of the grant, before anything is made',
    async () => {
      const { run } = await loadGuest('rust')
      expect(await run('random-bytes', '1048576')).toBe('1048576')
      for (const count of ['1048577', '2147483647', '1099511627776', '18446744073709551615'])
        expect([count, await run('random-bytes', count)]).toEqual([count, 'WASI_LIMIT'])
      expect(await run('random-bytes', '32')).toBe('32')
    },
  )

  attack(
    'E25',
    'Polls nothing, polls for ever, polls 10,000 things at once, and never drops what it polls',
    'a fault, the deadline, an answer, and the limit of handles',
    async () => {
      const { run, plugin } = await loadGuest('rust', { limits: { handles: 20_000 } })
      expect(await run('poll-nothing')).toBe('POLL_NOTHING')
      const waits = plugin.call(RUN, ['poll-for-ever', []], { timeoutMs: 500 })
      expect(await outcomeOf(waits)).toBe('DEADLINE_EXCEEDED')
      expect(await run('poll-flood', '10000')).toBe('10000')
      expect(await run('pollables-flood')).toBe('LIMIT_EXCEEDED')
      expect(await run('count')).toBe('1')
    },
  )

  attack('E26', 'Reads the clock a million times', 'an answer each time, never backwards', async () => {
    const { run } = await loadGuest('rust')
    expect(await run('clock-flood', '1000000')).toBe('0')
  })

  attack(
    'E27',
    'Floods stdout faster than its rate, or with a terabyte of zeroes',
    'slowed down to the rate until its deadline; the zeroes are an error of the stream',
    async () => {
      const { run, plugin, host } = await loadGuest('rust', {
        grants: { stdio: { bytesPerSecond: 100_000 } },
      })
      const lines: LogEvent[] = []
      host.on('log', (line) => lines.push(line))
      const flood = plugin.call(RUN, ['stdout-flood', ['1000000000']], { timeoutMs: 1_500 })
      expect(await outcomeOf(flood)).toBe('DEADLINE_EXCEEDED')
      const bytes = lines.reduce((sum, { message }) => sum + message.length, 0)
      expect(bytes).toBeGreaterThan(0)
      // What the first second allows, and then the rate, however slow this machine is.
      expect(bytes).toBeLessThan(5_000_000)
      expect(await run('stdout-zeroes')).toBe('last-operation-failed')
    },
  )

  attack('E28', 'Makes a million header fields', 'an error at the cap of one message', async () => {
    const { run } = await loadGuest('rust', { grants: { net: ['http://127.0.0.1:9'] } })
    expect(await run('fields-flood')).toBe('forbidden')
  })

  attack('E29', 'Traps while calls of another plugin are under way', 'the other calls finish', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const bad = await addGuest(host, 'rust', { name: 'bad' })
    const good = await addGuest(host, 'rust', { name: 'good' })
    const slow = good.run('sleep', '300')
    for (const step of ['panic', 'recurse', 'process-exit', 'spin']) {
      const args = step === 'panic' || step === 'process-exit' ? ['1'] : []
      const call = bad.plugin.call(RUN, [step, args], { timeoutMs: 500 })
      expect(await outcomeOf(call)).toMatch(/^[A-Z_]+$/)
    }
    expect(await slow).toMatch(/^\d+$/)
    expect(await good.run('count')).toBe('1')
  })

  attack(
    'E30',
    'Is ended in the middle of calls, many times over, with files open',
    'a typed error each time; no file of the process stays open',
    async () => {
      const { run, plugin } = await loadGuest('rust', {
        grants: { fs: [{ path: '.', at: '/g', access: 'read' }] },
      })
      const open = () => readdirSync('/proc/self/fd').length
      await run('fs-hold', '/g')
      const before = open()
      for (let i = 0; i < 15; i++) {
        await run('fs-hold', '/g')
        const abort = new AbortController()
        const call = outcomeOf(plugin.call(RUN, ['spin', []], { signal: abort.signal }))
        setImmediate(() => abort.abort())
        expect(await call).toBe('CALL_ABORTED')
      }
      expect(await run('count')).toBe('1')
      await plugin.close()
      expect(open()).toBeLessThanOrEqual(before)
    },
  )

  attack(
    'E31',
    'Shares the thread of the application and computes, waits or recurses for ever',
    'ends by fuel, may not wait, and does not exhaust the stack of the application',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const inline = await addInline(host)
      expect(await inline('spin')).toBe('OUT_OF_FUEL')
      expect(await inline('poll-for-ever')).toBe('WAIT_NOT_ALLOWED')
      expect(await inline('recurse')).toMatch(/^(STACK_EXHAUSTED|GUEST_TRAP|OUT_OF_FUEL)$/)
      expect(await inline('process-exit', '1')).toBe('PLUGIN_EXITED')
      expect(await inline('count')).toBe('1')
    },
  )
})

describe('a component made by hand', () => {
  /** Exports `run: func() -> <result>`, whose core function gives a pointer to `stores`. */
  const answering = (result: string, stores: string, pages = 1) =>
    assemble(`(component
      (core module $m (memory (export "memory") ${pages})
        (func (export "run") (result i32) ${stores} (i32.const 16)))
      (core instance $i (instantiate $m))
      (func (export "run") (result ${result}) (canon lift (core func $i "run") (memory (core memory $i "memory")))))`)
  const pair = (pointer: number, length: number) =>
    `(i32.store (i32.const 16) (i32.const ${pointer})) (i32.store (i32.const 20) (i32.const ${length}))`

  attack(
    'E32',
    'Answers with lists of a billion bools, of millions of strings, or of half a gigabyte of text',
    'refused before they are made, by the number of values or bytes',
    async () => {
      const host = await createHost({ limits: { startMs: 60_000, timeoutMs: 60_000 } })
      onTestFinished(() => host.close())
      const before = process.memoryUsage().rss
      for (const [result, stores, pages, code] of [
        ['(list bool)', pair(0, 64 << 20), 1024, 'LIMIT_EXCEEDED'],
        ['(list string)', pair(64, 8_000_000), 1024, 'LIMIT_EXCEEDED'],
        ['(list (list u8))', pair(64, 8_000_000), 1024, 'LIMIT_EXCEEDED'],
        ['string', pair(0, 65 << 20), 1100, 'LIMIT_EXCEEDED'],
      ] as const) {
        const plugin = await host.load(await answering(result, stores, pages))
        expect([result, pages, await outcomeOf(plugin.call('run'))]).toEqual([result, pages, code])
        await plugin.close()
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(1 << 30)
    },
  )

  attack(
    'E33',
    'Answers with a pointer outside of its memory, text that is not UTF-8, or a case that does not exist',
    'a trap of the contract; nothing is cut short or replaced',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const bytes = (value: number) => `(i32.store (i32.const 64) (i32.const ${value}))`
      for (const [result, stores] of [
        ['string', pair(65_530, 100)],
        ['string', pair(0, 512 << 20)],
        ['(list bool)', pair(0, 1 << 30)],
        ['(list u8)', pair(0, -1)],
        ['(list u32)', pair(0x7ffffffc, 4)],
        ['(list u32)', pair(2, 4)],
        ['string', `${bytes(0xc0)} ${pair(64, 1)}`],
        ['string', `${bytes(0x80eda0)} ${pair(64, 3)}`],
        ['(tuple char u32)', pair(0xd800, 0)],
        ['(tuple char u32)', pair(0x110000, 0)],
        ['(option u32)', pair(2, 0)],
        ['(result u32)', pair(2, 0)],
      ] as const) {
        const plugin = await host.load(await answering(result, stores))
        expect([result, stores, await outcomeOf(plugin.call('run'))]).toEqual([result, stores, 'ABI_TRAP'])
        await plugin.close()
      }
    },
  )

  attack(
    'E34',
    'Grows a table to ten million elements, or has many memories',
    'the growth fails; too many memories are refused when it is loaded',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const plugin = await host.load(
        await assemble(`(component
          (core module $m (table $t 1 funcref)
            (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))
          (core instance $i (instantiate $m))
          (func (export "grow") (param "by" u32) (result s32) (canon lift (core func $i "grow"))))`),
      )
      expect(await plugin.call('grow', [1_000])).toBe(1)
      expect(await plugin.call('grow', [10_000_000])).toBe(-1)
      expect(await plugin.call('grow', [0xffffffff])).toBe(-1)
      const memories = Array.from({ length: 40 }, (_, i) => `(core instance $i${i} (instantiate $m))`)
      const many = await assemble(
        `(component (core module $m (memory (export "memory") 1000)) ${memories.join('\n')})`,
      )
      expect(await outcomeOf(host.load(many, { name: 'many' }))).toBe('LIMIT_EXCEEDED')
    },
  )

  attack(
    'E35',
    'Loops or recurses in the start function',
    'the load fails with its code; no plugin is left behind',
    async () => {
      const host = await createHost({ limits: { startMs: 1_000 } })
      onTestFinished(() => host.close())
      for (const [body, code] of [
        ['(loop $l (br $l))', 'DEADLINE_EXCEEDED'],
        ['(call $start)', 'STACK_EXHAUSTED'],
        ['unreachable', 'GUEST_TRAP'],
      ]) {
        const bytes = await assemble(`(component
          (core module $m (func $start ${body}) (start $start))
          (core instance (instantiate $m)))`)
        expect([body, await outcomeOf(host.load(bytes))]).toEqual([body, code])
      }
      expect(host.plugins.size).toBe(0)
    },
  )
})
