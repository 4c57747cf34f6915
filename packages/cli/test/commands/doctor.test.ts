import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** A machine whose only toolchain is made of scripts that answer as the real ones do. */
function machine(options: { rustc: string; std: boolean }): Record<string, string> {
  const home = tempDir()
  const bin = path.join(home, 'bin')
  const libraries = path.join(home, 'lib')
  mkdirSync(bin)
  mkdirSync(libraries)
  if (options.std) writeFileSync(path.join(libraries, 'libstd-0123.rlib'), '')
  const script = (name: string, lines: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${lines}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  script('cargo', `echo "cargo ${options.rustc} (abc 2026-01-01)"`)
  script('rustc', `case "$1" in --print) echo "${libraries}";; *) echo "rustc ${options.rustc} (abc)";; esac`)
  return { PATH: bin, HOME: home, CARGO_HOME: home }
}

const rust = async (env: Record<string, string>) => {
  const { document, exitCode } = await runJson(['doctor', '--lang', 'rust'], { cwd: tempDir(), env })
  const [report] = document.result.languages
  return {
    exitCode,
    ready: report.ready,
    fixes: report.checks.flatMap(({ fix }: { fix: string | null }) => fix ?? []),
  }
}

describe.skipIf(process.platform === 'win32')('wasm-plugin doctor', () => {
  it('finds a toolchain that can build plugins', async () => {
    expect(await rust(machine({ rustc: '1.95.0', std: true }))).toEqual({
      exitCode: 0,
      ready: true,
      fixes: [],
    })
  })

  it.each([
    ['an old compiler', { rustc: '1.70.0', std: true }],
    ['no standard library for the target', { rustc: '1.95.0', std: false }],
  ])('finds what is wrong with a toolchain that has %s, and one fix', async (_, tools) => {
    const { exitCode, ready, fixes } = await rust(machine(tools))
    expect({ exitCode, ready }).toEqual({ exitCode: 1, ready: false })
    expect(new Set(fixes).size).toBe(1)
    expect(fixes[0]).toMatch(/rustup|export PATH=/)
  })

  it('reports on Node and every language, and is one document with --json', async () => {
    const env = machine({ rustc: '1.95.0', std: true })
    const { exitCode, stdout } = await runCli(['doctor'], { cwd: tempDir(), env })
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`ok       node            ${process.versions.node}`)
    expect(stdout).toContain('rust: ready')
    expect(stdout).toContain('assemblyscript: ready')
    expect(stdout).toContain('ts: ready')
    expect(stdout).toContain('js: ready')
  })

  it('knows the project: what it needs must be there', async () => {
    const built = await runJson(['doctor'], { cwd: inject('kitchen'), env: {} })
    expect(built).toMatchObject({ exitCode: 0, document: { result: { project: 'assemblyscript' } } })
  })

  it('says how to get what a project lacks', async () => {
    const bare = tempDir()
    writeFileSync(path.join(bare, 'wasm-plugin.json'), '{"build": {"language": "assemblyscript"}}')
    // In a process of its own: this one may have been told where else to look for packages.
    const env = { ...process.env, NODE_PATH: '' }
    const { status, stdout } = spawnSync(process.execPath, [BIN, 'doctor'], {
      cwd: bare,
      env,
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /assemblyscript: not ready\n.*not installed\n.*fix: npm install --save-dev assemblyscript@\d/,
    )
  })

  it('asks for the engine that a project names', async () => {
    const project = tempDir()
    const manifest = {
      manifestVersion: 1,
      name: 'tiny',
      version: '0.1.0',
      build: { language: 'js', engine: 'qjs' },
    }
    writeFileSync(path.join(project, 'wasm-plugin.json'), JSON.stringify(manifest))
    const { document, exitCode } = await runJson(['doctor', '--lang', 'js'], { cwd: project, env: {} })
    expect(exitCode).toBe(1)
    expect(document.result.languages[0].checks).toMatchObject([
      { name: 'esbuild', ok: false },
      {
        name: 'componentize-qjs',
        ok: false,
        fix: expect.stringMatching(/^npm install --save-dev componentize-qjs@\d/),
      },
    ])
  })

  const SYSTEM = { toolchain: 'system', bindings: 'system' } as const
  const projectIn = (language: string, build: object) => {
    const project = tempDir()
    const manifest = { manifestVersion: 1, name: 'tiny', version: '0.1.0', build: { language, ...build } }
    writeFileSync(path.join(project, 'wasm-plugin.json'), JSON.stringify(manifest))
    return project
  }

  it.each(['c', 'cpp'])(
    'asks for the clang of the machine when a project in %s takes that',
    async (language) => {
      const cwd = projectIn(language, SYSTEM)
      const env = { PATH: tempDir() }
      const { document, exitCode } = await runJson(['doctor', '--lang', language], { cwd, env })
      expect(exitCode).toBe(1)
      expect(document.result.languages[0].checks).toMatchObject([
        { name: 'system clang', ok: false, found: expect.stringContaining('clang is not in PATH') },
        { name: 'wit-bindgen', ok: false, fix: expect.stringContaining('cargo install wit-bindgen-cli') },
      ])
    },
  )

  it('names the clang of the machine, which nobody has to have, where there is one', async () => {
    const { document } = await runJson(['doctor', '--lang', 'c'], { cwd: tempDir(), env: process.env })
    const none = await runJson(['doctor', '--lang', 'c'], { cwd: tempDir(), env: { PATH: tempDir() } })
    const packaged = { name: '@yowasp/clang', ok: true }
    expect(none.document.result.languages[0].checks).toMatchObject([packaged])
    const [, system] = document.result.languages[0].checks
    if (system !== undefined) expect(system.found).toMatch(/^\d+\.\S+ for wasm32-wasi(p1)? \(.*clang.*\)$/)
  })
})
