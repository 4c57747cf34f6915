import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createHost, type ScratchLeftEvent } from '@wasm-plugin/host'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { expect, it, vi } from 'vitest'
import { removeScratch } from '#internal'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import { openDir, openFs, tempDir, writeText } from '../helpers/wasi.js'

const failed = (left: unknown) => expect.fail(JSON.stringify(left))

/** Directories with long names in each other, deeper than a path can name, as a plugin makes them by handles. */
function makeDeep(root: Descriptor, levels: number): void {
  let dir = root
  for (let level = 0; level < levels; level++) {
    const name = 'x'.repeat(250)
    dir.createDirectoryAt(name)
    writeText(dir, 'file', 'x')
    dir.symlinkAt('file', 'link')
    const below = openDir(dir, name)
    if (dir !== root) dir[Symbol.dispose]()
    dir = below
  }
}

attack(
  'A103',
  'Leaves directories in its scratch directory that are deeper than a path can name',
  'removed when it is closed, and no rejection',
  async () => {
    const temporary = tempDir()
    vi.stubEnv('TMPDIR', temporary)
    const grants = parseGrants({ fs: [{ scratch: true, at: '/tmp' }] })
    const { roots, close } = openFs(undefined, undefined, grants)
    makeDeep(roots.get('/tmp') as Descriptor, 60)
    close()
    expect(readdirSync(temporary)).toHaveLength(1)
    await removeScratch(grants.fs, failed)
    expect(readdirSync(temporary)).toEqual([])
    vi.unstubAllEnvs()
  },
)

attack(
  'A104',
  'Leaves 20,000 files in its scratch directory',
  'removed in turns: the application goes on meanwhile',
  async () => {
    const temporary = tempDir()
    vi.stubEnv('TMPDIR', temporary)
    const grants = parseGrants({ fs: [{ scratch: true, at: '/tmp' }] })
    const dir = join(grants.fs[0]?.path as string, 'many')
    mkdirSync(dir)
    for (let i = 0; i < 20_000; i++) writeFileSync(join(dir, String(i)), '')
    let turns = 0
    const count = setInterval(() => turns++)
    await removeScratch(grants.fs, failed)
    clearInterval(count)
    expect(turns).toBeGreaterThan(1)
    expect(readdirSync(temporary)).toEqual([])
    vi.unstubAllEnvs()
  },
)

attack(
  'A105',
  'Leaves a scratch directory that is too deep to an application that ends without closing its host',
  'removed, and the exit code is that of the application',
  async () => {
    const temporary = tempDir()
    const script = `
      import { mkdirSync, renameSync } from 'node:fs'
      import { createHost } from '@wasm-plugin/host'
      const empty = Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0)
      const grants = { fs: [{ scratch: true, at: '/tmp' }] }
      const plugin = await (await createHost()).load(empty, { name: 'a', grants })
      const { path } = plugin.grants.given.fs[0]
      const name = 'x'.repeat(250)
      mkdirSync(path + '/tree')
      for (let level = 0; level < 60; level++) {
        mkdirSync(path + '/next')
        renameSync(path + '/tree', path + '/next/' + name)
        renameSync(path + '/next', path + '/tree')
      }
      process.exit(3)`
    const env = { ...process.env, TMPDIR: temporary }
    const args = ['--input-type=module', '--eval', script]
    const ended = promisify(execFile)(process.execPath, args, { env, cwd: import.meta.dirname })
    await expect(ended).rejects.toMatchObject({ code: 3, stderr: '' })
    expect(readdirSync(temporary)).toEqual([])
  },
)

it('is an event when it cannot be removed', async () => {
  const temporary = join(tempDir(), 'temporary')
  mkdirSync(temporary)
  vi.stubEnv('TMPDIR', temporary)
  const host = await createHost()
  const left: ScratchLeftEvent[] = []
  host.on('scratchLeft', (event) => left.push(event))
  const grants = { fs: [{ scratch: true as const, at: '/tmp' }] }
  const plugin = await host.load(Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0), { name: 'a', grants })
  const { path } = plugin.grants.given.fs[0] as { path: string }
  rmSync(temporary, { recursive: true })
  writeFileSync(temporary, 'in its place')
  await host.close()
  expect(left).toEqual([{ plugin: 'a', path, reason: 'ENOTDIR' }])
  vi.unstubAllEnvs()
})
