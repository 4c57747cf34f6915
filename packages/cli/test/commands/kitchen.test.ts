import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { type CliWorld, runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const PLUGIN = 'dist/kitchen.wasm'
const world = (): CliWorld => ({ cwd: inject('kitchen') })

describe('wasm-plugin inspect', () => {
  it('shows imports, exports, requests with their reasons, sizes and tools', async () => {
    const { exitCode, stdout, stderr } = await runCli(['inspect', PLUGIN], world())
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('kitchen 1.2.3\n  A value of every kind\n')
    expect(stdout).toContain('    divide: func(a: s32, b: s32) -> result<s32, string>\n')
    expect(stdout).toContain(
      '    type item = record { name: string, unit-price: u32, tag: option<string>, colour: colour }\n',
    )
    expect(stdout).toContain('  wasi:cli/environment@0.2.12  get-environment\n')
    expect(stdout).toContain('  fs   /data (read)  Reads what it is told to.\n')
    expect(stdout).toMatch(/processed-by {2}wit-component \d.*asc \d.*wasm-plugin \d/)
    expect(stdout).toContain('About\n  version      1.2.3\n  description  A value of every kind\n')
  })

  it('gives programs the same as JSON', async () => {
    const { document } = await runJson(['inspect', PLUGIN], world())
    expect(document).toMatchObject({ schema: 1, command: 'inspect', ok: true })
    expect(document.result).toMatchObject({
      name: 'kitchen',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      requests: [
        { capability: 'fs', what: '/data (read)', reason: 'Reads what it is told to.' },
        { capability: 'env', what: 'KITCHEN_LANG', reason: 'Speaks the language of its user.' },
      ],
      metadata: { version: '1.2.3', description: 'A value of every kind' },
      producers: { language: [{ name: 'AssemblyScript', version: '' }] },
    })
    expect(document.result.size).toBe(readFileSync(path.join(inject('kitchen'), PLUGIN)).length)
  })
})

describe('wasm-plugin validate', () => {
  it.each([
    [[], 0, 'fits: dist/kitchen.wasm'],
    [[PLUGIN], 0, 'fits: dist/kitchen.wasm'],
    [['--world', 'cook'], 0, 'can be used as acme:kitchen/cook@0.1.0'],
    [['--world', 'other'], 1, 'error: the plugin does not export missing'],
    [['--wit', 'wit', '--world', 'other'], 1, 'does not fit: dist/kitchen.wasm'],
  ])('takes what is left out from the project in the folder: %j', async (args, code, says) => {
    const { exitCode, stdout } = await runCli(['validate', ...args], world())
    expect(exitCode).toBe(code)
    expect(stdout).toContain(says)
  })

  it('says that the project in the folder was not built', async () => {
    const cwd = tempDir()
    const manifest = { manifestVersion: 1, name: 'x', version: '1.0.0', build: { language: 'wat' } }
    writeFileSync(path.join(cwd, 'wasm-plugin.json'), JSON.stringify(manifest))
    const { document } = await runJson(['validate'], { cwd })
    expect(document.error).toMatchObject({
      code: 'COMPONENT_MISSING',
      message: 'there is no component at dist/x.wasm',
      hint: expect.stringContaining('wasm-plugin build'),
    })
    writeFileSync(path.join(cwd, 'wasm-plugin.json'), '{')
    expect((await runJson(['validate'], { cwd })).document.error?.code).toBe('MANIFEST_NOT_JSON')
  })

  it('says that a plugin fits', async () => {
    const { exitCode, stdout } = await runCli(
      ['validate', PLUGIN, '--wit', 'wit', '--world', 'cook'],
      world(),
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^fits: dist\/kitchen\.wasm \(\d+\.\d kB\) can be used as acme:kitchen\/cook@0\.1\.0\n$/,
    )
  })

  it('names what is missing, what differs with both signatures, and exits with 1', async () => {
    const { exitCode, stdout } = await runCli(
      ['validate', PLUGIN, '--wit', 'wit', '--world', 'other'],
      world(),
    )
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error: the plugin does not export missing\n')
    expect(stdout).toContain('does not fit')
    const changed = path.join(tempDir(), 'changed.wit')
    const wit = readFileSync(path.join(inject('kitchen'), 'wit/kitchen.wit'), 'utf8')
    writeFileSync(changed, wit.replace('half: func(number: u32) -> u32', 'half: func(number: u32) -> u64'))
    const signature = await runCli(['validate', PLUGIN, '--wit', changed, '--world', 'cook'], world())
    expect(signature.exitCode).toBe(1)
    expect(signature.stdout).toContain('error: acme:kitchen/hands@0.1.0#half has another type')
    expect(signature.stdout).toContain('world   half: func(number: u32) -> u64')
    expect(signature.stdout).toContain('plugin  half: func(number: u32) -> u32')
  })

  it('reports the same as JSON, with ok false', async () => {
    const { exitCode, document } = await runJson(
      ['validate', PLUGIN, '--wit', 'wit', '--world', 'other'],
      world(),
    )
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({ schema: 1, command: 'validate', ok: false, result: { fits: false } })
    expect(document.result.differences).toContainEqual(
      expect.objectContaining({ kind: 'missing-export', interface: 'missing', fatal: true }),
    )
  })

  it('lists the worlds there are', async () => {
    const { document } = await runJson(['validate', PLUGIN, '--wit', 'wit', '--world', 'cok'], world())
    expect(document.error).toMatchObject({ code: 'WORLD_UNKNOWN', message: expect.stringContaining('cook') })
  })
})

describe('wasm-plugin run', () => {
  const run = (...argv: string[]) => runCli(['run', PLUGIN, ...argv], world())

  it.each([
    [
      ['echo-item', '{name: "soup", unit-price: 3, colour: dark-green}'],
      '{ "name": "soup", "unit-price": 3, "tag": null, "colour": "dark-green" }',
    ],
    [
      ['echo-items', '[{"name": "a", "unitPrice": 1, "tag": "t", "colour": "red"}]'],
      '[{ "name": "a", "unit-price": 1, "tag": "t", "colour": "red" }]',
    ],
    [['echo-shape', 'label("x")'], '{ "tag": "label", "val": "x" }'],
    [['echo-rights', '{can-write}'], '["can-write"]'],
    [['echo-bytes', '[1, 255]'], '[1, 255]'],
    [['echo-pair', "(-9223372036854775808, '€')"], '[-9223372036854775808, "€"]'],
    [['echo-option', 'none'], 'null'],
    [['echo-nested', 'some(none)'], '{ "tag": "some", "val": null }'],
    [['echo-nested', 'none'], '{ "tag": "none" }'],
    [['echo-nested', 'some(some(3))'], '{ "tag": "some", "val": 3 }'],
    [['echo-outcome', 'err("no")'], '[{ "tag": "err", "val": "no" }]'],
    [['echo-flag', 'true'], 'true'],
    [['values#half', '-3'], '-1.5'],
    [['acme:kitchen/hands#half', '7'], '3'],
    [['acme:kitchen/values@0.1.0#divide', '6', '-2'], '-3'],
  ])('calls %j', async (argv, out) => {
    expect(await run(...argv)).toEqual({ exitCode: 0, stdout: `${out}\n`, stderr: '' })
  })

  it.each([
    [['hlaf', '1'], 'UNKNOWN_FUNCTION', 2],
    [['half', '1'], 'AMBIGUOUS_FUNCTION', 2],
    [['divide', '1'], 'WRONG_ARGUMENT_COUNT', 2],
    [['divide', '1', 'x'], 'WRONG_VALUE', 2],
    [['divide', '1', '[2'], 'INVALID_VALUE', 2],
    [['divide', '1', '0'], 'RESULT_ERROR', 1],
    [['ask'], 'IMPORT_STUBBED', 1],
    [['fail'], 'GUEST_TRAP', 1],
    [['spin', '--timeout', '200ms'], 'DEADLINE_EXCEEDED', 1],
    [['tell', '--allow-read', './nowhere:/data'], 'GRANT_PATH_MISSING', 2],
    [['tell', '--allow-net', 'not a pattern'], 'NET_PATTERN_INVALID', 2],
  ])('fails %j with %s and %i', async (argv, code, expected) => {
    const { exitCode, stdout, stderr } = await run(...argv)
    expect(stderr).toContain(`error[${code}]: `)
    expect(stdout).toBe('')
    expect(exitCode).toBe(expected)
  })

  it.each([
    ['--timeout', 'soon'],
    ['--timeout', '0s'],
    ['--timeout', '5'],
    ['--timeout', '1e9s'],
    ['--timeout', '600000m'],
    ['--allow-env', '=x'],
  ])('refuses %s %s', async (flag, value) => {
    const { exitCode, stderr } = await run('tell', flag, value)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error[INVALID_OPTION]: \`${flag}\` does not take "${value}"`)
  })

  it('ends the plugin on Ctrl-C', async () => {
    const interrupt = new AbortController()
    const { exitCode, stderr } = await runCli(['run', PLUGIN, 'spin', '--timeout', '10m'], {
      ...world(),
      signal: interrupt.signal,
      // It tells the application before it spins.
      onStderr: () => interrupt.abort(),
    })
    expect(exitCode).toBe(130)
    expect(stderr).toContain('error[INTERRUPTED]')
  })

  it('shows calls of functions that the application would answer', async () => {
    const { exitCode, stdout, stderr } = await run('tell')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toBe('called acme:kitchen/application@0.1.0#tell("soup", [1, 2])\n')
  })

  it('grants a folder and a variable, and says which flag is missing', async () => {
    const folder = tempDir()
    mkdirSync(path.join(folder, 'data'))
    writeFileSync(path.join(folder, 'data', 'a.txt'), 'granted')
    const data = path.join(folder, 'data')
    expect(await run('read-file', '/data/a.txt', '--allow-read', data)).toMatchObject({
      stdout: '"granted"\n',
    })
    expect(await run('read-file', '/data/a.txt', '--allow-read', `${data}:/data`)).toMatchObject({
      exitCode: 0,
    })
    expect(await run('read-variable', 'KITCHEN_LANG', '--allow-env', 'KITCHEN_LANG=de')).toMatchObject({
      stdout: '"de"\n',
    })
    const denied = await run('read-file', '/data/a.txt')
    expect(denied.exitCode).toBe(1)
    expect(denied.stderr).toContain('error[RESULT_ERROR]')
    expect(denied.stderr).toMatch(/denied fs open \/data: not granted\n +hint: --allow-read /)
    // Asked for by flag, but not by the manifest: the plugin gets the smaller of the two.
    expect(await run('read-variable', 'HOME', '--allow-env', 'HOME=/x')).toMatchObject({
      stdout: 'null\n',
      stderr: expect.stringContaining('no effect: env HOME, which the manifest does not ask for'),
    })
  })

  it('passes a variable through with the value it has, and not one that is not set', async () => {
    const argv = ['run', PLUGIN, 'read-variable', 'KITCHEN_LANG', '--allow-env', 'KITCHEN_LANG']
    const withIt = await runCli(argv, { ...world(), env: { KITCHEN_LANG: 'nl' } })
    expect(withIt.stdout).toBe('"nl"\n')
    expect(withIt.stderr).not.toContain('warning')
    const without = await runCli(argv, world())
    expect(without.stdout).toBe('null\n')
    expect(without.stderr).toContain(
      'warning: KITCHEN_LANG is not set here, and so not for the plugin; `--allow-env KITCHEN_LANG=…` sets it\n',
    )
  })

  it('prints the answer as JSON, errors of the plugin too', async () => {
    const pair = await runJson(['run', PLUGIN, 'echo-pair', '(9007199254740993, "x")'], world())
    expect(pair.document.result).toMatchObject({ value: ['9007199254740993', 'x'], hasValue: true })
    const failed = await runJson(['run', PLUGIN, 'divide', '1', '0'], world())
    expect(failed.document.error).toMatchObject({
      code: 'RESULT_ERROR',
      data: { payload: 'division by zero' },
    })
  })
})

describe('wasm-plugin types', () => {
  it('writes to stdout, or to a file in one step', async () => {
    const cwd = inject('kitchen')
    const printed = await runCli(['types', '--wit', 'wit', '--world', 'cook'], { cwd })
    expect(printed.exitCode).toBe(0)
    expect(printed.stdout).toContain('divide(a: number, b: number): Promise<number>')
    const file = path.join(tempDir(), 'src', 'cook.d.ts')
    const written = await runCli(['types', '--wit', 'wit', '--world', 'cook', '-o', file], { cwd })
    expect(written).toMatchObject({ exitCode: 0, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout)
  })

  it('says so when the file cannot be written', async () => {
    const { document } = await runJson(
      ['types', '--wit', 'wit', '--world', 'cook', '-o', `${PLUGIN}/x.d.ts`],
      world(),
    )
    expect(document.error?.code).toBe('PATH_UNWRITABLE')
  })
})
