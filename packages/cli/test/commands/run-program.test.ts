import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** Writes its arguments, each with a zero behind it, then what it reads; its exit code is how many words follow its name. */
const PROGRAM = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (data (i32.const 64) "to stderr\\0a")
  (func $write (param $fd i32) (param $at i32) (param $bytes i32)
    (i32.store (i32.const 16) (local.get $at))
    (i32.store (i32.const 20) (local.get $bytes))
    (drop (call $fd_write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 1024) (i32.const 2048)))
    (call $write (i32.const 2) (i32.const 64) (i32.const 10))
    (call $write (i32.const 1) (i32.const 2048) (i32.load (i32.const 4)))
    (loop $again
      (i32.store (i32.const 16) (i32.const 65536))
      (i32.store (i32.const 20) (i32.const 65536))
      (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
      (if (i32.load (i32.const 24)) (then
        (call $write (i32.const 1) (i32.const 65536) (i32.load (i32.const 24)))
        (br $again))))
    (if (i32.load (i32.const 0)) (then (call $exit (i32.sub (i32.load (i32.const 0)) (i32.const 1)))))))`

const TRAP = `(module
  (memory (export "memory") 1)
  (func (export "_start") unreachable))`

/** Writes to both streams, and does then what is behind it. */
const says = (then: string) => `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "hello\\0a")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
    ${then}))`

function folderWith(text: string): string {
  const cwd = tempDir()
  writeFileSync(path.join(cwd, 'program.wat'), text)
  return cwd
}

const given = async function* (text: string) {
  yield new TextEncoder().encode(text)
}

describe('run, of a program', () => {
  it('gives it the words of the command line and the bytes of stdin, and ends as it does', () => {
    const input = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251)
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [BIN, 'run', 'program.wat', '--', '-r', 'a b', ''],
      { cwd: folderWith(PROGRAM), input },
    )
    expect(stderr.toString()).toBe('to stderr\n')
    expect(stdout.equals(Buffer.concat([Buffer.from('program.wat\0-r\0a b\0\0'), input]))).toBe(true)
    expect(status).toBe(3)
  })

  it('passes on what is written while it runs', async () => {
    const child = spawn(process.execPath, [BIN, 'run', 'program.wat'], { cwd: folderWith(PROGRAM) })
    let shown = ''
    let wake = () => {}
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      wake()
    })
    const until = async (text: string) => {
      while (!shown.includes(text))
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
    await until('program.wat\0')
    child.stdin.write('first\n')
    await until('first\n')
    child.stdin.end('second\n')
    expect(await exited).toBe(0)
    expect(shown).toBe('program.wat\0first\nsecond\n')
  }, 120_000)

  it('is ended by Ctrl-C while it waits for input', async () => {
    const child = spawn(process.execPath, [BIN, 'run', 'program.wat'], { cwd: folderWith(PROGRAM) })
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    const exited = new Promise<unknown[]>((resolve) => child.once('close', (...how) => resolve(how)))
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await exited).toEqual([130, null])
    expect(stderr).toMatch(/^to stderr\n.*error\[INTERRUPTED\]/s)
    expect(stderr).toContain('What ran was ended where it was')
    expect(stderr).not.toContain('Nothing was left half written')
    expect(stderr).not.toContain('    at ')
  }, 120_000)

  it('reads no folder as if it were an empty file', async () => {
    const [cwd, folder] = [folderWith(PROGRAM), openSync(tempDir(), 'r')]
    onTestFinished(() => closeSync(folder))
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'run', 'program.wat'], {
      ...{ cwd, stdio: [folder, 'pipe', 'pipe'], encoding: 'utf8' },
    })
    expect(stderr).toContain('error[INPUT_FAILED]')
    expect(status).toBe(1)
  })

  it('makes no folder for what it writes, and does not run before', async () => {
    const cwd = folderWith(PROGRAM)
    for (const [option, file] of [
      ['--learn', 'none/grants.json'],
      ['--profile', 'none/x.html'],
      ['--learn', 'program.wat/x'],
    ] as const) {
      const { document, exitCode } = await runJson(['run', 'program.wat', option, file], { cwd })
      expect([exitCode, document.error?.code]).toEqual([1, 'PATH_UNWRITABLE'])
      expect(document).not.toHaveProperty('output')
    }
    expect(readdirSync(cwd)).toEqual(['program.wat'])
  })

  it('says where a plugin is, where none is named', async () => {
    const { document } = await runJson(['run'], { cwd: tempDir() })
    expect(document.error).toMatchObject({
      code: 'MISSING_ARGUMENT',
      hint: expect.stringContaining('dist/<name>.wasm'),
    })
  })

  it('does not wait for input that it does not read', async () => {
    const cwd = folderWith('(module (memory (export "memory") 1) (func (export "_start")))')
    const child = spawn(process.execPath, [BIN, 'run', 'program.wat'], { cwd })
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  }, 120_000)

  it('tells programs of its exit code and of what it wrote', async () => {
    const cwd = folderWith(PROGRAM)
    const { exitCode, document } = await runJson(['run', 'program.wat', 'x'], { cwd, stdin: given('in') })
    expect(document).toEqual({
      schema: 1,
      command: 'run',
      ok: false,
      result: {
        function: expect.stringMatching(/^wasi:cli\/run@0\.2\.\d+#run$/),
        hasValue: false,
        value: null,
        exitCode: 1,
        stdout: 'program.wat\0x\0in',
        stderr: 'to stderr\n',
        ms: expect.any(Number),
      },
    })
    expect(exitCode).toBe(1)
    expect((await runJson(['run', 'program.wat'], { cwd })).document).toMatchObject({
      ok: true,
      result: { exitCode: 0, stdout: 'program.wat\0' },
    })
  })

  it('tells programs what it wrote before something else ended it', async () => {
    const said = { stdout: 'hello\n', stderr: 'hello\n' }
    const trapped = await runJson(['run', 'program.wat'], { cwd: folderWith(says('unreachable')) })
    expect(trapped.document).toMatchObject({ ok: false, error: { code: 'GUEST_TRAP' }, output: said })
    const cwd = folderWith(says('(loop (br 0))'))
    const late = await runJson(['run', 'program.wat', '--timeout', '1s'], { cwd })
    expect(late.document).toMatchObject({ ok: false, error: { code: 'DEADLINE_EXCEEDED' }, output: said })
    const { stdout, stderr } = await runCli(['run', 'program.wat', '--timeout', '1s'], { cwd })
    expect(stdout).toBe('hello\n')
    expect(stderr).toMatch(/^hello\n.*error\[DEADLINE_EXCEEDED\]/s)
  })

  it('tells programs all bytes of it, and that they are no text', async () => {
    const cwd = folderWith(PROGRAM)
    const bytes = async function* () {
      yield Uint8Array.of(0xff, 0xfe, 0x41)
    }
    const { result } = (await runJson(['run', 'program.wat'], { cwd, stdin: bytes() })).document
    expect(result.stdout).toBe('program.wat\0\ufffd\ufffdA')
    const all = Buffer.concat([Buffer.from('program.wat\0'), Buffer.of(0xff, 0xfe, 0x41)])
    expect(Buffer.from(result.stdoutBase64, 'base64').equals(all)).toBe(true)
    expect(result).not.toHaveProperty('stderrBase64')
    const marked = await runJson(['run', 'program.wat'], { cwd, stdin: given('\ufeffé') })
    expect(marked.document.result.stdout).toBe('program.wat\0\ufeffé')
    expect(marked.document.result).not.toHaveProperty('stdoutBase64')
  })

  it('ends it where it writes more than a document takes, and says what else there is', async () => {
    const endless = says(
      '(i32.store (i32.const 4) (i32.const 60000)) (loop (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0))',
    )
    const { document, exitCode } = await runJson(['run', 'program.wat'], { cwd: folderWith(endless) })
    expect(exitCode).toBe(1)
    expect(document.error).toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
      hint: expect.stringContaining('`--json` out'),
    })
    expect(document).not.toHaveProperty('output')
  })

  it('lets a terminal act on nothing that it writes', async () => {
    const argv = ['run', 'program.wat', '\u001b[2J\u009b2J']
    const { stdout } = await runCli(argv, {
      cwd: folderWith(PROGRAM),
      isTTY: true,
      stdin: given('\u001b]0;x\u0007'),
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u0080-\u009f]/)
    expect(stdout).toContain('program.wat')
  })

  it('is a function like others where it is called by its interface', async () => {
    const { exitCode, document } = await runJson(['run', 'program.wat', 'wasi:cli/run#run'], {
      cwd: folderWith(PROGRAM),
    })
    expect(exitCode, JSON.stringify(document)).toBe(0)
    expect(document.result).not.toHaveProperty('exitCode')
  })

  it('says what ended it, where that is no exit', async () => {
    const { exitCode, stderr } = await runCli(['run', 'program.wat'], { cwd: folderWith(TRAP) })
    expect(stderr).toMatch(/error\[GUEST_TRAP\]/)
    expect(exitCode).toBe(1)
  })

  it('ends it after as long as was said, and lets it run else', async () => {
    const cwd = folderWith('(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))')
    const { exitCode, stderr } = await runCli(['run', 'program.wat', '--timeout', '300ms'], { cwd })
    expect(stderr).toContain('error[DEADLINE_EXCEEDED]')
    expect(exitCode).toBe(1)
  })
})
