import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandTable, version } from '#internal'
import { runCli, runJson } from './helpers/run-cli.js'
import { tempDir } from './helpers/temp-dir.js'

describe('the command line', () => {
  it('prints help to stderr and exits with 2 when there is nothing to do', async () => {
    const { exitCode, stdout, stderr } = await runCli([])
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('Usage:')
  })

  it('prints help to stdout when asked, and the version', async () => {
    const help = await runCli(['--help'])
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    expect(help.stdout).toContain('wasm-plugin new hello --lang rust')
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: `${version()}\n`, stderr: '' })
    for (const argv of [
      ['--version', '--json'],
      ['--json', '--version'],
    ])
      expect(JSON.parse((await runCli(argv)).stdout)).toMatchObject({
        ok: true,
        result: { version: version() },
      })
  })

  // The list of all commands is one screen; what one of them takes is less.
  it.each([['', 49] as const, ...commandTable.map(({ name }) => [name, 30] as const)])(
    'keeps the help of "%s" within %d lines',
    async (name, lines) => {
      const { exitCode, stdout } = await runCli([...(name === '' ? [] : [name]), '--help'])
      expect(exitCode).toBe(0)
      expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(lines)
      expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Options'))
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    },
  )

  it('takes --help before the command and after it, and `help <command>`', async () => {
    const after = await runCli(['build', '--help'])
    expect(await runCli(['--help', 'build'])).toEqual(after)
    expect(await runCli(['help', 'build'])).toEqual(after)
  })

  it.each(['exit-codes', 'environment', 'grants', 'values'])('has a topic on %s', async (topic) => {
    const { exitCode, stdout } = await runCli(['help', topic])
    expect(exitCode).toBe(0)
    expect((await runCli(['help'])).stdout).toContain(`wasm-plugin help ${topic}`)
    expect(stdout.split('\n').length).toBeGreaterThan(4)
  })

  it.each([
    [['biuld'], 'UNKNOWN_COMMAND', 'build'],
    [['help', 'grant'], 'UNKNOWN_TOPIC', 'grants'],
    [['doctor', '--lnag', 'rust'], 'UNKNOWN_OPTION', '--lang'],
    [['--jsno', 'doctor'], 'UNKNOWN_OPTION', '--json'],
    [['doctor', '--lang'], 'OPTION_NEEDS_VALUE', undefined],
    [['doctor', '--lang', 'rusty'], 'INVALID_OPTION', 'rust'],
    [['doctor', '--color', 'blue'], 'INVALID_OPTION', undefined],
    [['--color'], 'OPTION_NEEDS_VALUE', undefined],
    [['doctor', 'a', 'b'], 'TOO_MANY_ARGUMENTS', undefined],
    [['inspect'], 'MISSING_ARGUMENT', undefined],
    [['validate', 'x.wasm'], 'MISSING_OPTION', undefined],
    [['validate'], 'MISSING_ARGUMENT', undefined],
    [['types'], 'MISSING_OPTION', undefined],
  ])('refuses %j with %s and exits with 2', async (argv, code, guess) => {
    const { exitCode, stdout, stderr } = await runCli(argv)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: .+\\n\\nhint: .+`))
    if (guess !== undefined) expect(stderr).toContain(`Did you mean \`${guess}\`?`)
  })

  it('reports failures as one JSON document with the same exit code', async () => {
    const { exitCode, document } = await runJson(['inspect', 'nowhere.wasm'], { cwd: tempDir() })
    expect(exitCode).toBe(2)
    expect(document).toMatchObject({ schema: 1, command: 'inspect', ok: false, exitCode: 2 })
    expect(document.error).toMatchObject({ code: 'PATH_NOT_FOUND', origin: 'app' })
  })

  it('writes JSON even when the command line itself is wrong', async () => {
    const { exitCode, document } = await runJson(['doctor', '--nope'])
    expect(exitCode).toBe(2)
    expect(document).toMatchObject({ schema: 1, ok: false, error: { code: 'UNKNOWN_OPTION' } })
  })

  it('exits with 130 when it is interrupted', async () => {
    const interrupted = AbortSignal.abort()
    const { exitCode, stderr } = await runCli(['new', 'x', '--lang', 'rust'], {
      cwd: tempDir(),
      signal: interrupted,
    })
    expect(exitCode).toBe(130)
    expect(stderr).toContain('error[INTERRUPTED]')
  })

  it('colours each stream by --color, NO_COLOR, FORCE_COLOR and the terminal, in that order', async () => {
    const colored = async (argv: string[], world: Parameters<typeof runCli>[1]) =>
      (await runCli([...argv, '--help'], world)).stdout.includes('\u001b[')
    expect(await colored([], { isTTY: false })).toBe(false)
    expect(await colored([], { isTTY: true })).toBe(true)
    expect(await colored([], { isTTY: true, env: { TERM: 'dumb' } })).toBe(false)
    expect(await colored([], { isTTY: true, env: { NO_COLOR: 'true' } })).toBe(false)
    expect(await colored([], { isTTY: false, env: { FORCE_COLOR: '1' } })).toBe(true)
    expect(await colored([], { isTTY: true, env: { FORCE_COLOR: '0' } })).toBe(false)
    expect(await colored(['--color', 'always'], { env: { NO_COLOR: '1' } })).toBe(true)
    expect(await colored(['--color', 'never'], { isTTY: true })).toBe(false)
  })

  it('shows what a plugin file really is', async () => {
    const cwd = tempDir()
    const magic = [0, 0x61, 0x73, 0x6d]
    writeFileSync(path.join(cwd, 'text.wasm'), 'hello')
    writeFileSync(path.join(cwd, 'core.wasm'), Uint8Array.from([...magic, 1, 0, 0, 0]))
    writeFileSync(path.join(cwd, 'cut.wasm'), Uint8Array.from([...magic, 0x0d, 0, 1, 0, 7]))
    const code = async (file: string) => (await runJson(['inspect', file], { cwd })).document.error?.code
    expect(await code('text.wasm')).toBe('NOT_WASM')
    expect(await code('core.wasm')).toBe('CORE_MODULE')
    expect(await code('cut.wasm')).toBe('MALFORMED_COMPONENT')
    expect(await code('.')).toBe('NOT_A_FILE')
    expect(await code('text.wasm/deeper.wasm')).toBe('PATH_NOT_FOUND')
  })
})
