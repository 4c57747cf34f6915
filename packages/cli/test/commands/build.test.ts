import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { attack } from '../../../registry/test/helpers/attack.js'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

/** A copy of the fixture project that a test may damage. */
function project(change: (dir: string) => void): string {
  const dir = tempDir()
  cpSync(inject('kitchen'), dir, {
    recursive: true,
    filter: (source) => !/\/(dist|gen|node_modules|made)$/.test(source),
  })
  symlinkSync(path.join(inject('kitchen'), 'node_modules'), path.join(dir, 'node_modules'))
  change(dir)
  return dir
}

const withManifest = (manifest: unknown) =>
  project((dir) => writeFileSync(path.join(dir, 'wasm-plugin.json'), JSON.stringify(manifest)))

const valid = { manifestVersion: 1, name: 'kitchen', version: '1.0.0', capabilities: {} }

describe('wasm-plugin build', () => {
  it('prints steps in one rhythm, and what to do next', async () => {
    const cwd = project(() => {})
    const { exitCode, stdout, stderr } = await runCli(['build', '--mode', 'debug'], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toContain('   Compiling assembly/index.ts\n')
    expect(stderr).toMatch(/ {4}Finished dist\/kitchen\.wasm \d+\.\d kB in \d+/)
    expect(stderr).toMatch(/\nNext: wasm-plugin inspect dist\/kitchen\.wasm\n$/)
  })

  it('says which unstable features of the contract it leaves out', async () => {
    const cwd = project((dir) => {
      const [file = ''] = readdirSync(path.join(dir, 'wit')).filter((name) => name.endsWith('.wit'))
      const text = readFileSync(path.join(dir, 'wit', file), 'utf8')
      const [, name = ''] = /^package ([\w:@.-]+);/m.exec(text) ?? []
      const extra = `package ${name}; interface extra { @unstable(feature = fancy) more: func(); }`
      writeFileSync(path.join(dir, 'wit', 'extra.wit'), extra)
    })
    const { stderr } = await runCli(['build', '--mode', 'debug'], { cwd })
    expect(stderr).toContain(
      'the unstable feature fancy of the contract is left out; `build.features` takes it in',
    )
    const { document } = await runJson(['build', '--mode', 'debug'], { cwd })
    expect(document.result.leftOut).toEqual(['fancy'])
  })

  it('is silent with --quiet, and one document with --json', async () => {
    const cwd = project(() => {})
    expect(await runCli(['build', '-q', '--mode', 'debug'], { cwd })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    const { document } = await runJson(['build', '--mode', 'debug'], { cwd })
    expect(document).toMatchObject({
      command: 'build',
      ok: true,
      result: { language: 'assemblyscript', name: 'kitchen' },
    })
  })

  attack(
    'G101',
    'says in its manifest that it is built for a contract that it is not built for',
    'refused when it is built, before a registry or a person is shown it',
    async () => {
      const cwd = project((dir) => {
        const file = path.join(dir, 'wasm-plugin.json')
        const manifest = JSON.parse(readFileSync(file, 'utf8'))
        writeFileSync(file, JSON.stringify({ ...manifest, world: 'other:thing/w@9.0.0' }))
      })
      const { exitCode, stderr } = await runCli(['build', '--mode', 'debug'], { cwd })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('error[WORLD_MISDECLARED]')
      expect(stderr).toContain('other:thing/w@9.0.0, and the plugin is built for acme:kitchen/cook@0.1.0')
      expect(existsSync(path.join(cwd, 'dist'))).toBe(false)
    },
  )

  it('builds for the application that --host names, relative to where it runs', async () => {
    const cwd = project(() => {})
    const own = await runJson(['build', '--mode', 'debug', '--host', 'wit'], { cwd })
    expect(own.document.ok).toBe(true)
    writeFileSync(path.join(cwd, 'other.wit'), 'package a:b; world c {}')
    const other = await runCli(['build', cwd, '--mode', 'debug', '--host', 'other.wit'], { cwd })
    expect(other.exitCode).toBe(1)
    expect(other.stderr).toContain('error[WORLD_NOT_OFFERED]')
    expect(other.stderr).toContain('offers no world "cook"; it offers:\n    c\n')
  })

  it("names the author's file and line, and shows what the compiler said with --verbose", async () => {
    const broken = project((dir) =>
      writeFileSync(path.join(dir, 'assembly/values.ts'), '\nlet x: i32 = "a";\n'),
    )
    const brief = await runCli(['build'], { cwd: broken })
    expect(brief.exitCode).toBe(1)
    expect(brief.stderr).toContain('error[COMPILE_FAILED]: assembly/values.ts:2: ')
    expect(existsSync(path.join(broken, 'dist'))).toBe(false)
    const verbose = await runCli(['build', '--verbose'], { cwd: broken })
    expect(verbose.stderr.length).toBeGreaterThan(brief.stderr.length)
  })

  it.each<[string, () => string, string, number]>([
    ['no project', () => tempDir(), 'NO_PROJECT', 2],
    [
      'a manifest that is not JSON',
      () => project((dir) => writeFileSync(path.join(dir, 'wasm-plugin.json'), '{')),
      'MANIFEST_NOT_JSON',
      2,
    ],
    ['a manifest that is a list', () => withManifest([]), 'MANIFEST_INVALID', 2],
    ['an unknown key', () => withManifest({ ...valid, capabilites: {} }), 'MANIFEST_INVALID', 2],
    [
      'a build that is no object',
      () => withManifest({ ...valid, build: 'rust' }),
      'INVALID_BUILD_SETTING',
      2,
    ],
    [
      'an unknown build setting',
      () => withManifest({ ...valid, build: { lang: 'rust' } }),
      'INVALID_BUILD_SETTING',
      2,
    ],
    [
      'an unknown language',
      () => withManifest({ ...valid, build: { language: 'cobol' } }),
      'INVALID_BUILD_SETTING',
      2,
    ],
    [
      'WIT that is not there',
      () => withManifest({ ...valid, build: { language: 'assemblyscript', wit: 'contract' } }),
      'WIT_MISSING',
      2,
    ],
    [
      'an entry that is not there',
      () => withManifest({ ...valid, build: { language: 'assemblyscript', entry: 'x.ts' } }),
      'ENTRY_MISSING',
      2,
    ],
  ])('refuses %s', async (_, make, code, exitCode) => {
    const outcome = await runJson(['build'], { cwd: make() })
    expect(outcome.document.error?.code).toBe(code)
    expect(outcome.exitCode).toBe(exitCode)
  })
})
