import { type Descriptor, openLayout, openOci, type Repository } from '@wasm-plugin/registry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { artifactOf, noise, push, readAll, referrerOf } from './helpers/artifacts.js'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { FakeRegistry } from './helpers/fake-registry.js'
import { testFolder } from './helpers/folders.js'

let server: RunningRegistry | undefined
let count = 0
beforeAll(async () => {
  server = hasDockerRegistry ? await startDockerRegistry() : undefined
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

const KINDS: [string, boolean, () => Promise<Repository>][] = [
  ['a folder', true, async () => openLayout({ folder: testFolder(), path: 'acme/render' })],
  [
    "Debian's docker-registry",
    hasDockerRegistry,
    async () => openOci({ registry: server!.registry, path: `acme/render${count++}` }),
  ],
  [
    'a registry with the referrers API',
    true,
    async () => openOci({ registry: (await FakeRegistry.start()).registry, path: 'acme/render' }),
  ],
]

for (const [name, isThere, open] of KINDS) {
  describe.skipIf(!isThere)(`a repository in ${name}`, () => {
    it('is empty before anything is stored', async () => {
      const repository = await open()
      expect(await repository.tags()).toEqual([])
      expect(await repository.manifest('1.0.0')).toBeUndefined()
      expect(await repository.manifest(`sha256:${'0'.repeat(64)}`)).toBeUndefined()
      expect(await repository.hasBlob(`sha256:${'0'.repeat(64)}`)).toBe(false)
      expect(await repository.referrers(`sha256:${'0'.repeat(64)}`)).toEqual([])
    })

    for (const size of [0, 1, 70_000, 20 << 20])
      it(`gives back an artifact of ${size} bytes, by its tag and by its digest`, async () => {
        const repository = await open()
        const artifact = artifactOf(noise(size))
        const stored = await push(repository, artifact, '1.0.0')
        await push(repository, artifact, '1.0.0')
        for (const reference of ['1.0.0', stored.digest]) {
          const manifest = await repository.manifest(reference)
          expect(Buffer.from(manifest!.bytes)).toEqual(artifact.manifest)
          expect(manifest!.descriptor).toEqual(stored)
        }
        const bytes = await readAll(repository.readBlob(artifact.blob))
        expect(bytes.equals(artifact.bytes)).toBe(true)
        expect(await repository.tags()).toEqual(['1.0.0'])
      })

    it('moves a tag, and keeps what had it under its digest', async () => {
      const repository = await open()
      const first = await push(repository, artifactOf(noise(9), { version: '1' }), 'latest')
      const second = await push(repository, artifactOf(noise(9), { version: '2' }), 'latest')
      expect((await repository.manifest('latest'))?.descriptor).toEqual(second)
      expect((await repository.manifest(first.digest))?.descriptor).toEqual(first)
      expect(await repository.tags()).toEqual(['latest'])
    })

    it('finds what refers to a manifest, all of it or of one type', async () => {
      const repository = await open()
      const subject = await push(repository, artifactOf(noise(100)), '1.0.0')
      const other = await push(repository, artifactOf(noise(101)), '1.0.1')
      const [signature, note] = ['application/x.signature', 'application/x.note']
      await repository.attach(subject, [referrerOf(subject, signature, 'a'), referrerOf(subject, note, 'b')])
      await repository.attach(subject, [referrerOf(subject, signature, 'c')])
      await repository.attach(subject, [referrerOf(subject, signature, 'c')])
      await repository.attach(other, [referrerOf(other, signature, 'd')])
      const types = (list: readonly Descriptor[]) => list.map(({ artifactType }) => artifactType).sort()
      expect(types(await repository.referrers(subject.digest))).toEqual([note, signature, signature])
      expect(types(await repository.referrers(subject.digest, { artifactType: note }))).toEqual([note])
      expect(await repository.referrers(other.digest)).toHaveLength(1)
    })

    it('tells of bytes as they move, and stops when it is told to', async () => {
      const repository = await open()
      const artifact = artifactOf(noise(3 << 20))
      const told: number[] = []
      await repository.putBlob(artifact.layer, { onProgress: (moved) => told.push(moved) })
      expect(told.at(-1)).toBe(3 << 20)
      expect(told).toEqual([...told].sort((a, b) => a - b))
      const controller = new AbortController()
      const reading = readAll(
        repository.readBlob(artifact.blob, {
          signal: controller.signal,
          onProgress: () => controller.abort(new Error('enough')),
        }),
      )
      await expect(reading).rejects.toThrow('enough')
    })

    it('goes on with a blob of which the beginning is there', async () => {
      const { createHash } = await import('node:crypto')
      const repository = await open()
      const artifact = artifactOf(noise(200_000))
      await repository.putBlob(artifact.layer)
      const beginning = artifact.bytes.subarray(0, 70_001)
      const start = { size: beginning.length, hash: createHash('sha256').update(beginning) }
      const rest = await readAll(repository.readBlob(artifact.blob, { start }))
      expect(rest.equals(artifact.bytes.subarray(70_001))).toBe(true)
    })
  })
}
