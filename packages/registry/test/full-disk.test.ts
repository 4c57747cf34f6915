import { execFileSync } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openCache, openLayout } from '@wasm-plugin/registry'
import { describe, expect, it, onTestFinished } from 'vitest'
import { artifactOf, noise, push } from './helpers/artifacts.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, open } from './helpers/registries.js'

/** A file system of a megabyte, which only root can make, where it may; `undefined` for others. */
function smallDisk(): string | undefined {
  const folder = testFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}

const small = artifactOf(noise(100_000))
const large = artifactOf(noise(3 << 20))

/** All files below a folder that have bytes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a disk that is full', () => {
  it('leaves a folder of packages as it was, and says so', async (context) => {
    const folder = smallDisk() ?? context.skip('this root may not mount')
    const repository = openLayout({ folder, path: 'acme/render' })
    await push(repository, small, '1.0.0')
    const before = await filesIn(folder)
    await expect(push(repository, large, '2.0.0')).rejects.toMatchObject({
      code: 'FOLDER_UNWRITABLE',
      data: { reason: 'there is no space left' },
    })
    expect(await filesIn(folder)).toEqual(before)
    expect(await repository.tags()).toEqual(['1.0.0'])
  })

  it('leaves no lock behind that nobody holds', async (context) => {
    const folder = smallDisk() ?? context.skip('this root may not mount')
    await writeFile(path.join(folder, 'filled'), noise(3 << 20)).catch(() => undefined)
    const file = path.join(folder, 'wasm-plugin.lock')
    const registry = await open(testFolder(), { lockFile: file })
    await registry.publish(pluginWith())
    expect(await codeOf(registry.install('acme:insights'))).toBe('LOCK_UNWRITABLE')
    expect(await readdir(folder)).toEqual(['filled'])
  })

  it('leaves a cache without what did not fit, and says so', async (context) => {
    const folder = smallDisk() ?? context.skip('this root may not mount')
    const source = openLayout({ folder: testFolder(), path: 'acme/render' })
    for (const artifact of [small, large]) await source.putBlob(artifact.layer)
    const cache = openCache(path.join(folder, 'cache'))
    await cache.fetch(small.blob, source)
    await expect(cache.fetch(large.blob, source)).rejects.toMatchObject({
      code: 'FOLDER_UNWRITABLE',
      data: { reason: 'there is no space left' },
    })
    expect(await cache.get(large.blob.digest)).toBeUndefined()
    expect(await filesIn(cache.folder)).toEqual([small.blob.digest.slice(7)])
    expect(Buffer.from((await cache.get(small.blob.digest))!).equals(small.bytes)).toBe(true)
  })
})
