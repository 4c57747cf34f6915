import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openLayout } from '@wasm-plugin/registry'
import { describe, expect } from 'vitest'
import { artifactOf, noise, push, readAll } from '../helpers/artifacts.js'
import { attack } from '../helpers/attack.js'
import { testFolder } from '../helpers/folders.js'

const artifact = artifactOf(noise(5_000))

/** A layout with one version, and its folder to spoil. */
async function layout() {
  const folder = testFolder()
  const repository = openLayout({ folder, path: 'acme/render' })
  const stored = await push(repository, artifact, '1.0.0')
  const at = (...parts: string[]) => path.join(folder, 'acme/render', ...parts)
  const blob = at('blobs/sha256', artifact.blob.digest.slice(7))
  return { folder, repository, stored, at, blob }
}

const code = async (run: Promise<unknown>): Promise<unknown> =>
  await run.then(
    () => 'none',
    (error) => error.code,
  )

describe('a folder of packages that somebody else made', () => {
  attack(
    'G22',
    'a file, or a folder, of a layout is a link to a file of whoever reads or writes it',
    'no link below the folder of packages is followed, neither to read nor to write',
    async () => {
      const outside = testFolder()
      await writeFile(path.join(outside, 'index.json'), '{"manifests":[]}')
      for (const [parts, target] of [
        [['index.json'], path.join(outside, 'index.json')],
        [['oci-layout'], '/etc/hostname'],
        [['blobs'], outside],
        [['blobs', 'sha256'], outside],
        [['.wasm-plugin'], outside],
        [[], outside],
      ] as const) {
        const { repository, at } = await layout()
        await rm(at(...parts), { recursive: true })
        await symlink(target, at(...parts))
        expect(await code(push(repository, artifactOf(noise(9)), '2.0.0')), parts.join('/')).toBe(
          'LAYOUT_INVALID',
        )
        expect(await code(repository.attach(artifact.blob, [artifact.manifest]))).toBe('LAYOUT_INVALID')
      }
      expect(await readdir(outside)).toEqual(['index.json'])
      expect(await readFile(path.join(outside, 'index.json'), 'utf8')).toBe('{"manifests":[]}')
      const { repository, blob } = await layout()
      await rename(blob, path.join(outside, 'same'))
      await symlink(path.join(outside, 'same'), blob)
      expect(await code(readAll(repository.readBlob(artifact.blob)))).toBe('LAYOUT_INVALID')
    },
  )

  attack(
    'G23',
    'a file of a layout is a FIFO, a device, a folder, or of any size',
    'nobody waits for it or reads it all: it is refused',
    async () => {
      const spoil: ((file: string) => unknown)[] = [
        (file) => execFileSync('mkfifo', [file]),
        (file) => mkdir(file),
        async (file) => {
          await writeFile(file, '{')
          await truncate(file, 2 ** 40)
        },
      ]
      for (const make of spoil) {
        for (const name of ['index.json', 'oci-layout', 'blob']) {
          const { repository, at, blob } = await layout()
          const file = name === 'blob' ? blob : at(name)
          await rm(file)
          await make(file)
          const read =
            name === 'blob' ? readAll(repository.readBlob(artifact.blob)) : repository.manifest('1.0.0')
          expect(await code(read)).toMatch(/^(LAYOUT_INVALID|CONTENT_SIZE_MISMATCH)$/)
        }
      }
    },
  )

  attack(
    'G24',
    'a layout has other bytes than a digest says, a tag twice, or entries that are none',
    'it is refused, and what is damaged is written anew by whoever publishes it',
    async () => {
      const { repository, at, blob } = await layout()
      await writeFile(blob, Buffer.alloc(artifact.blob.size))
      expect(await code(readAll(repository.readBlob(artifact.blob)))).toBe('CONTENT_DIGEST_MISMATCH')
      await push(repository, artifact, '1.0.0')
      expect((await readAll(repository.readBlob(artifact.blob))).equals(artifact.bytes)).toBe(true)
      const index = JSON.parse(await readFile(at('index.json'), 'utf8'))
      const [entry] = index.manifests
      for (const manifests of [
        [entry, entry],
        [{ ...entry, size: 1e13 }],
        [{ ...entry, digest: '../x' }],
        [7],
        {},
      ]) {
        await writeFile(at('index.json'), JSON.stringify({ ...index, manifests }))
        expect(await code(repository.manifest('1.0.0'))).toMatch(/^(LAYOUT_INVALID|CONTENT_TOO_LARGE)$/)
      }
      for (const text of ['', '[]', '\xff', '{"manifests":7}']) {
        await writeFile(at('index.json'), text)
        expect(await code(repository.tags())).toBe('LAYOUT_INVALID')
      }
      await writeFile(at('oci-layout'), '{"imageLayoutVersion":"9.0.0"}')
      expect(await code(repository.tags())).toBe('LAYOUT_INVALID')
    },
  )
})
