import { withLastWords } from '@wasm-plugin/embed/internal'
import { createHost } from '@wasm-plugin/host'
import { PluginError } from '@wasm-plugin/runtime'
import { errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { guest, loadGuest } from './helpers/guests.js'
import { openWasi } from './helpers/wasi.js'

/** What an error says of a trap after which these lines stand on stderr. */
function wordsAfter(lines: readonly string[]): readonly string[] {
  const { wasi } = openWasi({})
  // biome-ignore lint/suspicious/noExplicitAny: the interface as a plugin sees it.
  const stderr = (wasi.get('wasi:cli/stderr@0.2.3') as any).getStderr()
  stderr.blockingWriteAndFlush(new TextEncoder().encode(lines.join('\n')))
  const error = withLastWords(runtimeErrors.GUEST_TRAP({ reason: 'unreachable' }), wasi.lastWords)
  if (!PluginError.is(error, 'GUEST_TRAP')) throw error
  wasi.endCall()
  expect(wasi.lastWords()).toEqual([])
  return error.data.stderr as readonly string[]
}

describe('a trap', () => {
  it('carries what was said first and last', () => {
    const goroutines = Array.from({ length: 40 }, (_, i) => `goroutine ${i}`)
    expect(wordsAfter(['fatal error: out of memory', 'runtime stack:', ...goroutines])).toEqual([
      'fatal error: out of memory',
      'runtime stack:',
      ...['goroutine 0', ...goroutines.slice(-8)],
    ])
  })

  it('is indented with spaces where its language uses tabs', () => {
    expect(wordsAfter(['goroutine 1 [running]:', '\t/src/plugin.go:5 +0x14'])).toEqual([
      'goroutine 1 [running]:',
      '  /src/plugin.go:5 +0x14',
    ])
  })

  it('leaves out how an interpreter ended, once the program has said why, and advice that leads nowhere', () => {
    const advice = 'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace'
    const traceback = [
      'Traceback (most recent call last):',
      '  File "/0/app.py", line 6, in fail',
      'ValueError: boom',
    ]
    const ended = [
      "thread '<unnamed>' (1) panicked at runtime/src/lib.rs:1280:25:",
      'Python function threw an exception',
    ]
    expect(wordsAfter([...traceback, ...ended, advice])).toEqual(traceback)
    const panic = ["thread '<unnamed>' (1) panicked at src/lib.rs:12:9:", 'no such page']
    expect(wordsAfter([...panic, advice])).toEqual(panic)
  })
})

describe.each(['worker', 'inline'] as const)('the lines of a trap, %s', (isolation) => {
  it('are those of the call, and of no call or start before it', async () => {
    const host = await createHost()
    const plugin = await host.load(await guest('says'), { isolation })
    const call = async (name: string) => await plugin.call(name, [])
    for (let i = 0; i < 3; i++) await call('say')
    await expect(call('fail')).rejects.toMatchObject({ data: { stderr: ['one'] } })
    await expect(call('fail')).rejects.toMatchObject({ data: { stderr: ['one'] } })
    await host.close()
  })

  it('do not wait for a call that comes later', async () => {
    const { plugin, host } = await loadGuest('c', { isolation } as never)
    const lines: string[] = []
    host.on('log', ({ message }) => lines.push(message))
    const run = async (...[operation, ...args]: string[]) =>
      await plugin.call('test:guest/program#run', [operation, args])
    await run('print', 'no newline')
    // In a thread the line is a message, which comes with the answer of a call behind it.
    if (isolation === 'worker') await run('args')
    expect(lines).toEqual(['no newline'])
  })
})
