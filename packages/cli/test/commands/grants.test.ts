import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { encodeManifestSection, type ManifestRequests } from '@wasm-plugin/manifest'
import { describe, expect, inject, it } from 'vitest'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

/** A component that does nothing, with a manifest that asks for something. */
function plugin(file: string, version: string, capabilities?: ManifestRequests): string {
  const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)
  const manifest = { manifestVersion: 1, name: 'tool', version } as const
  const section =
    capabilities === undefined ? new Uint8Array() : encodeManifestSection({ ...manifest, capabilities })
  writeFileSync(file, Buffer.concat([header, section]))
  return file
}

const reason = 'For the test.'
const old: ManifestRequests = {
  fs: [{ at: '/data', access: 'read', reason }],
  net: [{ allow: 'https://*.example.com', reason }],
  env: [{ key: 'LANG', reason }],
}

describe('wasm-plugin grants diff', () => {
  const diff = (before: ManifestRequests | undefined, after: ManifestRequests | undefined, json = false) => {
    const dir = tempDir()
    plugin(path.join(dir, 'old.wasm'), '1.0.0', before)
    plugin(path.join(dir, 'new.wasm'), '1.1.0', after)
    const argv = ['grants', 'diff', 'old.wasm', 'new.wasm']
    return json ? runJson(argv, { cwd: dir }) : runCli(argv, { cwd: dir })
  }

  it('says that a version asks for the same, and for less', async () => {
    expect(await diff(old, old)).toMatchObject({
      exitCode: 0,
      stdout: 'tool 1.0.0 -> tool 1.1.0: asks for the same\n',
    })
    const less = { ...old, env: [], net: [{ allow: 'GET https://api.example.com/v1/**', reason }] }
    const { exitCode, stdout } = (await diff(old, less)) as Awaited<ReturnType<typeof runCli>>
    expect(exitCode).toBe(0)
    expect(stdout).toContain('asks for less\n')
    expect(stdout).toContain('- net     https://*.example.com  For the test.\n')
    expect(stdout).toContain('- env     LANG                   For the test.\n')
  })

  it.each<[string, ManifestRequests, string]>([
    [
      'write',
      { fs: [{ at: '/data', access: 'read-write', reason }] },
      '+ fs      /data (read-write)  For the test.',
    ],
    [
      'another folder',
      { fs: [{ at: '/database', access: 'read', reason }] },
      '+ fs      /database (read)  For the test.',
    ],
    [
      'another host',
      { net: [{ allow: 'https://example.org', reason }] },
      '+ net     https://example.org  For the test.',
    ],
    ['a variable', { env: [{ key: 'TOKEN', reason }] }, '+ env     TOKEN  For the test.'],
  ])('exits with 1 when a version asks for more: %s', async (_, after, line) => {
    const { exitCode, stdout } = (await diff(old, after)) as Awaited<ReturnType<typeof runCli>>
    expect(exitCode).toBe(1)
    expect(stdout).toContain('asks for more\n')
    expect(stdout.split('\n')).toContain(line)
  })

  it('exits with 1 when the manifest is gone, and for programs gives JSON', async () => {
    const { exitCode, document } = (await diff(old, undefined, true)) as Awaited<ReturnType<typeof runJson>>
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({
      ok: false,
      result: { action: 'diff', manifestRemoved: true, more: { requests: [] }, less: { requests: [] } },
    })
    expect(await diff(undefined, old)).toMatchObject({ exitCode: 0 })
  })

  it('compares what the binaries import, whatever their manifests say', async () => {
    const cwd = inject('kitchen')
    const small = plugin(path.join(tempDir(), 'small.wasm'), '1.0.0', {
      fs: [{ at: '/', access: 'read-write', reason }],
      env: [{ key: 'KITCHEN_LANG', reason }],
    })
    const more = await runCli(['grants', 'diff', small, 'dist/kitchen.wasm'], { cwd })
    expect(more.exitCode).toBe(1)
    expect(more.stdout).toContain('+ import  wasi:filesystem/preopens\n')
    expect(more.stdout).toContain('+ import  acme:kitchen/application#ask\n')
    expect(more.stdout).not.toContain('+ fs')
    expect(more.stdout).not.toContain('wasi:io')
    const less = await runCli(['grants', 'diff', 'dist/kitchen.wasm', small], { cwd })
    expect(less.stdout).toContain('- import  wasi:filesystem/preopens\n')
  })

  it('says what is wrong with its arguments', async () => {
    const cwd = inject('kitchen')
    const codeOf = async (...argv: string[]) =>
      (await runJson(['grants', ...argv], { cwd })).document.error?.code
    expect(await codeOf('compare', 'dist/kitchen.wasm')).toBe('INVALID_ARGUMENT')
    expect(await codeOf('diff', 'dist/kitchen.wasm')).toBe('MISSING_ARGUMENT')
    expect(await codeOf('show', 'dist/kitchen.wasm', 'dist/kitchen.wasm')).toBe('TOO_MANY_ARGUMENTS')
    expect(await codeOf('show', 'missing.wasm')).toBe('PATH_NOT_FOUND')
  })
})

describe('wasm-plugin grants show', () => {
  it('shows requests with their reasons, and imports', async () => {
    const { exitCode, stdout } = await runCli(['grants', 'show', 'dist/kitchen.wasm'], {
      cwd: inject('kitchen'),
    })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('kitchen 1.2.3\n\nAsks for\n')
    expect(stdout).toContain('  fs      /data (read)  Reads what it is told to.\n')
    expect(stdout).toContain('  wasi:cli/environment\n')
    const bare = plugin(path.join(tempDir(), 'bare.wasm'), '1.0.0')
    expect((await runCli(['grants', 'show', bare])).stdout).toContain('no manifest: it may use all')
  })
})

describe('wasm-plugin run --learn', () => {
  function folder() {
    const dir = tempDir()
    mkdirSync(path.join(dir, 'data', 'in'), { recursive: true })
    writeFileSync(path.join(dir, 'data', 'in', 'a.txt'), 'soup')
    return dir
  }
  const file = () => path.join(inject('kitchen'), 'dist/kitchen.wasm')

  it('writes the smallest grants of those that the call had', async () => {
    const cwd = folder()
    const argv = [
      'run',
      file(),
      'read-file',
      '/data/in/a.txt',
      '--allow-read',
      './data',
      '--allow-env',
      'OTHER=x',
    ]
    const { exitCode, document } = await runJson([...argv, '--learn', 'data/grants.json'], { cwd })
    expect(exitCode).toBe(0)
    const fs = [{ path: path.join(cwd, 'data/in'), at: '/data/in', access: 'read' }]
    expect(document.result).toMatchObject({ value: 'soup', learned: { fs } })
    expect(JSON.parse(readFileSync(path.join(cwd, 'data/grants.json'), 'utf8'))).toEqual({ fs })
  })

  it('shows them as flags, also when the call fails', async () => {
    const cwd = folder()
    const run = (name: string) =>
      runCli(['run', file(), 'read-file', name, '--allow-write', './data', '--learn', '-'], { cwd })
    const found = await run('/data/in/a.txt')
    expect(found.stderr).toContain('needs --allow-read data/in:/data/in\n')
    const missing = await run('/data/in/missing.txt')
    expect(missing.exitCode).toBe(1)
    expect(missing.stderr).toContain('needs --allow-read data/in:/data/in\n')
  })
})
