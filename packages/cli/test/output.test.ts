import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPrinter, formatBytes, formatDuration } from '#internal'

const CLEAR = '\r\u001b[2K'
const globals = { json: false, quiet: false, verbose: false, color: 'never' } as const

function printer(options: { isTTY: boolean; quiet?: boolean; verbose?: boolean; columns?: number }) {
  const written: string[] = []
  const stream = {
    write: (text: string) => written.push(text),
    isTTY: options.isTTY,
    columns: options.columns ?? 80,
  }
  const io = {
    stdout: stream,
    stderr: stream,
    interactive: false,
    cwd: '/',
    env: {},
    signal: new AbortController().signal,
  }
  const { quiet = false, verbose = false } = options
  return { written, printer: createPrinter(io, { ...globals, quiet, verbose }) }
}

describe('status lines', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('are plain lines where there is no terminal', () => {
    const { written, printer: out } = printer({ isTTY: false })
    out.status('Compiling', 'hello')
    out.busy('Running', 'hello')
    vi.advanceTimersByTime(5000)
    expect(written).toEqual(['   Compiling hello\n'])
  })

  it('count the seconds on a terminal, and end as a plain line', () => {
    const { written, printer: out } = printer({ isTTY: true })
    out.status('Compiling', 'hello')
    vi.advanceTimersByTime(1500)
    expect(written.at(-1)).toBe(`${CLEAR}   Compiling hello  1.5 s`)
    out.data('42')
    expect(written.slice(-2)).toEqual([`${CLEAR}   Compiling hello\n`, '42\n'])
    vi.advanceTimersByTime(1500)
    expect(written.at(-1)).toBe('42\n')
  })

  it('vanish when they are shown only while they last', () => {
    const { written, printer: out } = printer({ isTTY: true })
    out.busy('Running', 'hello')
    vi.advanceTimersByTime(1000)
    out.settle()
    expect(written.at(-1)).toBe(CLEAR)
  })

  it('are cut to the width of the terminal while they are live, and whole when they end', () => {
    const { written, printer: out } = printer({ isTTY: true, columns: 20 })
    out.status('Compiling', 'a-very-long-name')
    vi.advanceTimersByTime(1000)
    expect(written.at(-1)?.slice(CLEAR.length).length).toBeLessThan(20)
    out.settle()
    expect(written.at(-1)).toBe(`${CLEAR}   Compiling a-very-long-name\n`)
  })

  it('say how far work is in one place, without counting beside it, and leave nothing of it', () => {
    const { written, printer: out } = printer({ isTTY: true })
    out.moved('Uploading', 'hello 1 MB of 2 MB')
    vi.advanceTimersByTime(5000)
    out.moved('Uploading', 'hello 2 MB of 2 MB')
    out.busy('Resolving', 'hello')
    out.settle()
    expect(written).toEqual([
      `${CLEAR}   Uploading hello 1 MB of 2 MB`,
      `${CLEAR}   Uploading hello 2 MB of 2 MB`,
      CLEAR,
      CLEAR,
    ])
    for (const options of [{ isTTY: false }, { isTTY: true, quiet: true }]) {
      const silent = printer(options)
      silent.printer.moved('Uploading', 'hello 1 MB of 2 MB')
      expect(silent.written).toEqual([])
    }
  })

  it('are not live among verbose lines, and not there with --quiet, which errors are', () => {
    const verbose = printer({ isTTY: true, verbose: true })
    verbose.printer.status('Compiling', 'hello')
    expect(verbose.written).toEqual(['   Compiling hello\n'])
    const quiet = printer({ isTTY: true, quiet: true })
    quiet.printer.status('Compiling', 'hello')
    quiet.printer.talk('talk')
    quiet.printer.complain('error')
    expect(quiet.written).toEqual(['error\n'])
  })
})

describe('units', () => {
  it('are those that people read', () => {
    expect([999, 34_210, 2_100_000].map(formatBytes)).toEqual(['999 B', '34.2 kB', '2.1 MB'])
    expect([340, 1234, 125_000].map(formatDuration)).toEqual(['340 ms', '1.2 s', '2m 05s'])
  })
})
