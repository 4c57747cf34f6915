import { ComponentError } from '@wasm-plugin/runtime'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { attack } from '../../../../test/attack.js'
import { errorOf } from '../helpers/descriptors.js'
import { openInstance } from '../helpers/instance.js'
import { openWasi, parseGrants } from '../helpers/open.js'
import { ports } from '../helpers/ports.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const coded = (code: string) => expect.objectContaining({ code })

describe('interfaces', () => {
  it('are answered for every version 0.2.x, as null-prototype objects', () => {
    const { wasi } = openWasi({})
    for (const version of ['0.2.0', '0.2.3', '0.2.12']) {
      const found = wasi.get(`wasi:cli/environment@${version}`)
      expect(found).toBeDefined()
      expect(Object.getPrototypeOf(found)).toBe(null)
    }
    for (const name of [
      'wasi:cli/environment',
      'wasi:cli/environment@0.3.0',
      'wasi:cli/constructor@0.2.0',
      '__proto__',
    ])
      expect(wasi.get(name)).toBeUndefined()
  })
})

describe('environment', () => {
  attack(
    'C1',
    'Reads variables, arguments and the working directory without a grant',
    'there are none',
    () => {
      const { get } = openWasi({})
      const env = get('wasi:cli/environment')
      expect([env.getEnvironment(), env.getArguments(), env.initialCwd()]).toEqual([[], [], undefined])
    },
  )

  attack(
    'C2',
    'Asks in its manifest for variables that are not granted',
    'does not see them; each is reported as denied',
    () => {
      const requests = { env: ['LANG', 'AWS_SECRET_ACCESS_KEY'].map((key) => ({ key, reason: 'x' })) }
      const { get, events } = openWasi({ env: { LANG: 'de', OTHER: 'x' }, args: ['plugin', '-v'] }, requests)
      expect(get('wasi:cli/environment').getEnvironment()).toEqual([['LANG', 'de']])
      expect(get('wasi:cli/environment').getArguments()).toEqual(['plugin', '-v'])
      expect(events.map(({ target, decision }) => [target, decision])).toEqual([
        ['AWS_SECRET_ACCESS_KEY', 'denied'],
        ['LANG', 'allowed'],
      ])
    },
  )
})

describe('exit', () => {
  it('ends the plugin with its status and not the process', () => {
    const exit = openWasi({}).get('wasi:cli/exit')
    expect(() => exit.exit({ tag: 'ok' })).toThrow(
      expect.objectContaining({ code: 'PLUGIN_EXITED', data: { status: 0 } }),
    )
    expect(() => exit.exit({ tag: 'err' })).toThrow(expect.objectContaining({ data: { status: 1 } }))
    expect(() => exit.exitWithCode(42)).toThrow(expect.objectContaining({ data: { status: 42 } }))
  })
})

describe('stdio', () => {
  attack(
    'C3',
    'Prints control characters and text that runs backwards',
    'lines of its own log, with the characters made visible',
    () => {
      const { get, lines, wasi } = openWasi({})
      const out = get('wasi:cli/stdout').getStdout()
      const err = get('wasi:cli/stderr').getStderr()
      out.blockingWriteAndFlush(bytes('hel'))
      err.write(bytes('oops\n'))
      out.write(bytes('lo\r\n\u001b[31mred\u202e\n\ttab\nno newline é'))
      wasi.dispose()
      expect(lines.map(({ stream, level, plugin, message }) => [plugin, stream, level, message])).toEqual([
        ['test', 'stderr', 'error', 'oops'],
        ['test', 'stdout', 'info', 'hello'],
        ['test', 'stdout', 'info', '\\u{1b}[31mred\\u{202e}'],
        ['test', 'stdout', 'info', '\ttab'],
        ['test', 'stdout', 'info', 'no newline é'],
      ])
    },
  )

  it('keeps characters whole that arrive in two pieces, and cuts endless lines', () => {
    const { get, lines } = openWasi({})
    const out = get('wasi:cli/stdout').getStdout()
    for (const byte of bytes('é€\n')) out.write(Uint8Array.of(byte))
    out.write(bytes('x'.repeat(20_000)))
    expect(lines.map(({ message }) => message.length)).toEqual([2, 8_192, 8_192])
  })

  it('ends a line with the call that printed it', () => {
    const { get, lines, wasi } = openWasi({})
    const out = get('wasi:cli/stdout').getStdout()
    out.write(bytes('half a line'))
    expect(lines).toEqual([])
    wasi.endCall()
    wasi.endCall()
    expect(lines.map(({ message }) => message)).toEqual(['half a line'])
  })

  attack('E2', 'Floods stdout', 'slowed down to the granted rate', () => {
    // Time passes by sleeping alone.
    vi.useFakeTimers({ toFake: ['performance'] })
    const sleep = vi.spyOn(Atomics, 'wait').mockImplementation((_words, _index, _value, ms = 0) => {
      vi.advanceTimersByTime(ms)
      return 'timed-out'
    })
    onTestFinished(() => {
      vi.useRealTimers()
      sleep.mockRestore()
    })
    const { get, lines } = openWasi({ stdio: { bytesPerSecond: 1_000_000 } })
    const out = get('wasi:cli/stdout').getStdout()
    for (let i = 0; i < 11; i++) out.write(new Uint8Array(100_000).fill(65))
    // One second's worth is free, the rest has to wait; each line costs 128 bytes more than it has.
    const paid = lines.reduce((sum, { message }) => sum + message.length + 128, 0)
    expect(paid).toBeGreaterThan(1_090_000)
    const slept = sleep.mock.calls.reduce((sum, [, , , ms = 0]) => sum + ms, 0)
    expect(slept).toBeCloseTo((paid - 1_000_000) / 1000, 3)
  })

  it('reads a given stdin, and is closed without one', () => {
    const input = openWasi({ stdio: { stdin: 'line one' } })
      .get('wasi:cli/stdin')
      .getStdin()
    expect(new TextDecoder().decode(input.read(4n))).toBe('line')
    expect(new TextDecoder().decode(input.blockingRead(100n))).toBe(' one')
    expect(errorOf(() => input.read(1n))).toEqual({ tag: 'closed' })
    const none = openWasi({}).get('wasi:cli/stdin').getStdin()
    expect(errorOf(() => none.blockingRead(1n))).toEqual({ tag: 'closed' })
    expect(errorOf(() => none.skip(1n << 53n))).toEqual({ tag: 'closed' })
  })

  attack('E3', 'Skips or writes 2^64 bytes of a stream', 'an error of the stream', () => {
    const { get } = openWasi({ stdio: { stdin: 'abc' } })
    expect(
      get('wasi:cli/stdin')
        .getStdin()
        .skip((1n << 64n) - 1n),
    ).toBe(3n)
    const out = get('wasi:cli/stdout').getStdout()
    expect(errorOf(() => out.writeZeroes(1n << 40n))).toMatchObject({ tag: 'last-operation-failed' })
    expect(errorOf(() => out.write(bytes('x')))).toEqual({ tag: 'closed' })
  })

  it('has no terminal', () => {
    const { get } = openWasi({})
    expect(get('wasi:cli/terminal-stdin').getTerminalStdin()).toBeUndefined()
    expect(get('wasi:cli/terminal-stdout').getTerminalStdout()).toBeUndefined()
    expect(get('wasi:cli/terminal-stderr').getTerminalStderr()).toBeUndefined()
  })

  it('splices', () => {
    const { get, lines } = openWasi({ stdio: { stdin: 'from stdin\n' } })
    const out = get('wasi:cli/stdout').getStdout()
    expect(out.blockingSplice(get('wasi:cli/stdin').getStdin(), 1n << 60n)).toBe(11n)
    expect(lines[0]?.message).toBe('from stdin')
  })
})

describe('clocks', () => {
  it('run: the monotonic one from zero, with the granted granularity', () => {
    const coarse = openWasi({ clocks: { resolutionNs: 1_000_000 } }).get('wasi:clocks/monotonic-clock')
    expect(coarse.now() % 1_000_000n).toBe(0n)
    expect(coarse.resolution()).toBe(1_000_000n)
    const { get } = openWasi({})
    const clock = get('wasi:clocks/monotonic-clock')
    const first = clock.now()
    expect(first).toBeLessThan(60_000_000_000n)
    expect(clock.now()).toBeGreaterThanOrEqual(first)
    const { seconds, nanoseconds } = get('wasi:clocks/wall-clock').now()
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60)
    expect(nanoseconds).toBeLessThan(1_000_000_000)
    expect(get('wasi:clocks/timezone').utcOffset()).toBe(0)
  })

  it('wait by sleeping', () => {
    const clock = openWasi({}).get('wasi:clocks/monotonic-clock')
    const start = clock.now()
    clock.subscribeDuration(5_000_000n).block()
    expect(clock.now() - start).toBeGreaterThanOrEqual(5_000_000n)
    expect(clock.subscribeInstant(0n).ready()).toBe(true)
    expect(clock.subscribeDuration((1n << 64n) - 1n).ready()).toBe(false)
  })

  it('stand still when fixed, and move by sleeping', () => {
    const { get } = openWasi({ clocks: { fixed: '2026-01-01T00:00:00.500Z' } })
    expect(get('wasi:clocks/wall-clock').now()).toEqual({ seconds: 1_767_225_600n, nanoseconds: 500_000_000 })
    const clock = get('wasi:clocks/monotonic-clock')
    expect(clock.now()).toBe(0n)
    clock.subscribeDuration(3_600_000_000_000n).block()
    expect(clock.now()).toBe(3_600_000_000_000n)
    expect(get('wasi:clocks/wall-clock').now().seconds).toBe(1_767_229_200n)
  })
})

describe('poll', () => {
  it('gives the indexes of what is ready, the earliest first', () => {
    const { get } = openWasi({})
    const clock = get('wasi:clocks/monotonic-clock')
    const far = clock.subscribeDuration(3_600_000_000_000n)
    const soon = clock.subscribeDuration(1_000_000n)
    expect([...get('wasi:io/poll').poll([far, soon])]).toEqual([1])
    const stream = get('wasi:cli/stdout').getStdout().subscribe()
    expect([...get('wasi:io/poll').poll([far, soon, stream])]).toEqual([1, 2])
  })

  attack('E4', 'Polls an empty list', 'a fault', () => {
    expect(() => openWasi({}).get('wasi:io/poll').poll([])).toThrow(coded('POLL_NOTHING'))
  })

  it('does not stop an application that shares its thread', () => {
    const { get } = openWasi({}, undefined, 10)
    const clock = get('wasi:clocks/monotonic-clock')
    clock.subscribeDuration(1_000_000n).block()
    expect(() => clock.subscribeDuration(3_600_000_000_000n).block()).toThrow(coded('WAIT_NOT_ALLOWED'))
  })
})

describe('random', () => {
  attack('E5', 'Asks for gigabytes of random numbers', 'refused by the cap', () => {
    const { random, insecure, seed } = pick(openWasi({ random: { maxBytes: 1_000 } }).get)
    expect(random.getRandomBytes(1_000n)).toHaveLength(1_000)
    expect(random.getRandomBytes(32n)).not.toEqual(random.getRandomBytes(32n))
    for (const len of [1_001n, (1n << 31n) - 1n, 1n << 40n, (1n << 64n) - 1n]) {
      expect(() => random.getRandomBytes(len)).toThrow(coded('WASI_LIMIT'))
      expect(() => insecure.getInsecureRandomBytes(len)).toThrow(coded('WASI_LIMIT'))
    }
    expect(random.getRandomU64()).not.toBe(random.getRandomU64())
    expect(seed.insecureSeed()).toHaveLength(2)
  })

  it('has no byte that was handed out before', () => {
    const { random } = pick(openWasi({}).get)
    const seen = new Set<string>()
    for (let i = 0; i < 1_000; i++) seen.add(Buffer.from(random.getRandomBytes(16n)).toString('hex'))
    expect(seen.size).toBe(1_000)
    expect(random.getRandomBytes(10_000n).some((byte: number) => byte !== 0)).toBe(true)
  })

  it('is a function of its seed when it has one', () => {
    const make = (seed: string) => pick(openWasi({ random: { seed } }).get).random.getRandomBytes(100n)
    expect(make('a')).toEqual(make('a'))
    expect(make('a')).not.toEqual(make('b'))
  })
})

describe('sockets', () => {
  attack('B47', 'Makes sockets and looks up names without a grant', 'access denied, and reported', () => {
    const { get, events } = openWasi({})
    const network = get('wasi:sockets/instance-network').instanceNetwork()
    expect(errorOf(() => get('wasi:sockets/tcp-create-socket').createTcpSocket('ipv4'))).toBe('access-denied')
    expect(errorOf(() => get('wasi:sockets/udp-create-socket').createUdpSocket('ipv6'))).toBe('access-denied')
    expect(errorOf(() => get('wasi:sockets/ip-name-lookup').resolveAddresses(network, 'evil.test'))).toBe(
      'access-denied',
    )
    expect(events.map(({ operation, target, decision }) => [operation, target, decision])).toEqual([
      ['create', 'tcp socket', 'denied'],
      ['create', 'udp socket', 'denied'],
      ['resolve', 'dns://evil.test', 'denied'],
    ])
  })
})

describe('http fields', () => {
  attack(
    'B48',
    'Sets header fields that end a line, give two lengths, or belong to the connection',
    'refused',
    () => {
      const { Fields } = openWasi({}).get('wasi:http/types')
      const tagOf = (step: () => unknown) => (errorOf(step) as { tag: string }).tag
      const fields = new Fields()
      for (const value of ['a\r\nb', 'a\nb', 'a\0b', '\x7f'])
        expect(tagOf(() => fields.append('x', bytes(value)))).toBe('invalid-syntax')
      for (const name of ['', 'a b', 'a:b', 'a\r\n', 'é'])
        expect(tagOf(() => fields.append(name, bytes('x')))).toBe('invalid-syntax')
      for (const name of ['Host', 'transfer-encoding', 'TE', 'Connection', 'proxy-authorization'])
        expect(tagOf(() => fields.append(name, bytes('x')))).toBe('forbidden')
      fields.append('Content-Length', bytes('5'))
      expect(tagOf(() => fields.append('content-length', bytes('6')))).toBe('invalid-syntax')
      expect(tagOf(() => fields.set('content-length', [bytes('5'), bytes('5')]))).toBe('invalid-syntax')
      expect(tagOf(() => new Fields().append('content-length', bytes('+5')))).toBe('invalid-syntax')
      fields.append('X-A', bytes('1'))
      fields.append('x-a', bytes('2'))
      expect(fields.get('X-a')).toEqual([bytes('1'), bytes('2')])
      fields.delete('x-A')
      expect(fields.has('x-a')).toBe(false)
    },
  )

  attack('E6', 'Makes header fields without end', 'an error at the cap', () => {
    const { Fields } = openWasi({}).get('wasi:http/types')
    const fields = new Fields()
    const error = errorOf(() => {
      for (let i = 0; i < 1_000_000; i++) fields.append(`x-${i}`, bytes('v'))
    })
    expect(error).toEqual({ tag: 'forbidden' })
    expect(errorOf(() => new Fields().append('x', new Uint8Array(1 << 20).fill(65)))).toEqual({
      tag: 'forbidden',
    })
  })

  it('of a request cannot be changed any more', () => {
    const { Fields, OutgoingRequest } = openWasi({}).get('wasi:http/types')
    const request = new OutgoingRequest(Fields.fromList([['a', bytes('1')]]))
    expect(errorOf(() => request.headers().append('b', bytes('2')))).toEqual({ tag: 'immutable' })
    const copy = request.headers().clone()
    copy.append('b', bytes('2'))
    expect(request.headers().has('b')).toBe(false)
  })

  it('come in by the host alone: no plugin makes a request, or answers one that it was not given', () => {
    const { IncomingRequest, ResponseOutparam } = openWasi({}).get('wasi:http/types')
    expect(() => new IncomingRequest()).toThrow(TypeError)
    expect(() => ResponseOutparam.set()).toThrow(TypeError)
  })

  it('of a request whose body ends too early end the request', () => {
    const called: string[] = []
    const services = {
      call: (service: string) => {
        called.push(service)
        return 7 as never
      },
    }
    const { get } = openInstance(parseGrants({}), { ports, services })
    const { Fields, OutgoingBody, OutgoingRequest } = get('wasi:http/types')
    const request = new OutgoingRequest(Fields.fromList([['content-length', bytes('10')]]))
    const body = request.body()
    get('wasi:http/outgoing-handler').handle(request, undefined)
    body.write().write(bytes('abc'))
    expect(errorOf(() => OutgoingBody.finish(body, undefined))).toMatchObject({
      tag: 'HTTP-request-body-size',
    })
    expect(called).toEqual(['http.open', 'http.write', 'http.close'])
  })

  it('classes have the methods of their interface and no others that a plugin could name', () => {
    const { Fields, OutgoingRequest } = openWasi({}).get('wasi:http/types')
    const statics = (value: object) =>
      Object.getOwnPropertyNames(value).filter((n) => !['length', 'name', 'prototype'].includes(n))
    expect([...statics(Fields), ...statics(Object.getPrototypeOf(Fields))]).toEqual(['fromList'])
    expect(statics(Object.getPrototypeOf(OutgoingRequest))).toEqual([])
  })
})

it('a ComponentError is how every denial looks', () => {
  const { get } = openWasi({})
  try {
    get('wasi:sockets/tcp-create-socket').createTcpSocket('ipv4')
  } catch (error) {
    expect(ComponentError.is(error)).toBe(true)
  }
})

// biome-ignore lint/suspicious/noExplicitAny: the interfaces of WASI as a plugin sees them.
function pick(get: (name: string) => any) {
  return {
    random: get('wasi:random/random'),
    insecure: get('wasi:random/insecure'),
    seed: get('wasi:random/insecure-seed'),
  }
}
