import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const EVIL = String.raw`<img src=x onerror=alert(1)>\"'&\1b[31m`

const spinning = (name: string, calls = '') => `(func $"${name}" (param i32) (local i32)
  (local.set 1 (local.get 0))
  (loop $again
    (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
  ${calls})`

const PLUGIN = `(component
  (core module $m
    ${spinning(EVIL)}
    ${spinning('hot', `(call $"${EVIL}" (local.get 0))`)}
    (func (export "spin") (param i32) (result i32) (call $hot (local.get 0)) (i32.const 7))
    (func (export "fail") (param i32) (result i32) (call $hot (local.get 0)) (unreachable)))
  (core instance $i (instantiate $m))
  (func (export "spin") (param "n" u32) (result u32) (canon lift (core func $i "spin")))
  (func (export "fail") (param "n" u32) (result u32) (canon lift (core func $i "fail"))))`

const PROGRAM = `(module
  (memory (export "memory") 1)
  ${spinning('hot')}
  (func (export "_start") (call $hot (i32.const 400000000))))`

const N = '300000000'
const folder = () => {
  const cwd = tempDir()
  writeFileSync(path.join(cwd, 'busy.wat'), PLUGIN)
  writeFileSync(path.join(cwd, 'program.wat'), PROGRAM)
  return cwd
}

describe('run --profile', () => {
  it('writes a profile for DevTools, and says what took the time', async () => {
    const cwd = folder()
    const { exitCode, stdout, stderr } = await runCli(
      ['run', 'busy.wat', 'spin', N, '--profile', 'out.cpuprofile'],
      { cwd },
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '7\n' })
    expect(stderr).toMatch(
      /^profile: [\d.]+ ms in the plugin, 0\.00 ms in WASI, 0\.00 ms in the application$/m,
    )
    expect(stderr).toMatch(/^ +[\d.]+ ms {2}hot$/m)
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path.join(cwd, 'out.cpuprofile'), 'utf8'))
    expect(
      nodes.map((node: { callFrame: { functionName: string } }) => node.callFrame.functionName),
    ).toContain('hot')
    expect(samples.length).toBe(timeDeltas.length)
  })

  it('writes a page with a flame graph, in which what a plugin chose is text', async () => {
    const cwd = folder()
    const { exitCode, document } = await runJson(['run', 'busy.wat', 'spin', N, '--profile', 'out.html'], {
      cwd,
    })
    expect(exitCode).toBe(0)
    expect(document.result).toMatchObject({ value: 7, profile: { wasiMs: 0, hostMs: 0 } })
    const names = document.result.profile.functions.map((each: { function: string }) => each.function)
    expect(names).toContain('hot')
    expect(names).toContain(String.raw`<img src=x onerror=alert(1)>"'&\u{1b}[31m`)
    const page = readFileSync(path.join(cwd, 'out.html'), 'utf8')
    expect(page).toMatch(/<span class="plugin" style="left:[\d.]+%;width:[\d.]+%;top:\d+px" title="hot\n/)
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;\\u{1b}[31m')
    expect(page).toContain("default-src 'none'")
    const tags = new Set([...page.matchAll(/<([a-z!][a-z0-9]*)/g)].map(([, tag]) => tag))
    expect([...tags].sort()).toEqual([
      '!doctype',
      'b',
      'body',
      'div',
      'h1',
      'head',
      'html',
      'meta',
      'p',
      'span',
      'style',
      'table',
      'tbody',
      'td',
      'th',
      'thead',
      'title',
      'tr',
    ])
  })

  it('writes it for a call that fails too, and for a program', async () => {
    const cwd = folder()
    const failed = await runJson(['run', 'busy.wat', 'fail', N, '--profile', 'failed.cpuprofile'], { cwd })
    expect(failed.exitCode).toBe(1)
    expect(failed.document.error?.code).toBe('GUEST_TRAP')
    expect(existsSync(path.join(cwd, 'failed.cpuprofile'))).toBe(true)
    const program = await runCli(['run', 'program.wat', '--profile', 'program.html'], { cwd })
    expect(program.exitCode).toBe(0)
    expect(program.stderr).toMatch(/^ +[\d.]+ ms {2}hot$/m)
    expect(existsSync(path.join(cwd, 'program.html'))).toBe(true)
  })

  it('refuses a file whose form it cannot tell, before anything runs', async () => {
    const { exitCode, document } = await runJson(['run', 'missing.wat', 'spin', N, '--profile', 'out.txt'], {
      cwd: folder(),
    })
    expect(exitCode).toBe(2)
    expect(document.error?.code).toBe('INVALID_OPTION')
  })

  it('says when the file cannot be written', async () => {
    const { exitCode, document } = await runJson(
      ['run', 'busy.wat', 'spin', '5', '--profile', 'busy.wat/out.html'],
      {
        cwd: folder(),
      },
    )
    expect(exitCode).toBe(1)
    expect(document.error?.code).toBe('PATH_UNWRITABLE')
  })

  it('says how much work each function did with `fuel`, the same each time', async () => {
    const cwd = folder()
    const { exitCode, stdout, stderr } = await runCli(['run', 'busy.wat', 'spin', '1000', '--profile=fuel'], {
      cwd,
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '7\n' })
    expect(stderr).toMatch(/^fuel: [\d_]+ in the plugin, 0 for what it had done outside$/m)
    expect(stderr).toMatch(/^ +[\d_]+ {2}hot$/m)
    const runs = [1, 2].map(() => runJson(['run', 'busy.wat', 'spin', '1000', '--profile', 'fuel'], { cwd }))
    const [first, second] = (await Promise.all(runs)).map(({ document }) => document.result.profile)
    expect(first).toEqual(second)
    const names = first.functions.map((each: { function: string }) => each.function)
    expect(names.sort()).toEqual(
      [String.raw`<img src=x onerror=alert(1)>"'&\u{1b}[31m`, 'hot', 'spin'].sort(),
    )
    expect(existsSync(path.join(cwd, 'fuel'))).toBe(false)
  })

  it('counts the fuel of a call that fails, and of a program', async () => {
    const cwd = folder()
    const failed = await runCli(['run', 'busy.wat', 'fail', '1000', '--profile', 'fuel'], { cwd })
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toMatch(/^ +[\d_]+ {2}hot$/m)
    const program = await runCli(['run', 'program.wat', '--profile', 'fuel'], { cwd })
    expect(program.exitCode).toBe(0)
    expect(program.stderr).toMatch(/^ +[\d_]+ {2}hot$/m)
  })
})
