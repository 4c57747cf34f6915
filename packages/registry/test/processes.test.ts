import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { openCache, openLayout, openOci, type Repository } from '@wasm-plugin/registry'
import { describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../test/seed.js'
import { artifactOf, noise, push, readAll } from './helpers/artifacts.js'
import { hasDockerRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { testFolder } from './helpers/folders.js'
import { argumentOf, runWriter } from './helpers/writers.js'

const hasSkopeo = existsSync('/usr/bin/skopeo')
if (process.env.CI === 'true' && process.platform === 'linux' && !hasSkopeo)
  throw new Error('skopeo is missing, which the set-up installs in CI')

const where = 'acme/render'
const version = (n: number) => artifactOf(noise(100_000 + n, n + 1), { version: String(n) })

/** Another one for each number, the same in each run. */
const pointOf = (n: number, calls: number) =>
  1 + (Buffer.from(noise(4, SEED * 1_000 + n)).readUInt32LE() % calls)

/** Whatever has a tag is there to its last byte. */
async function checkAll(repository: Repository): Promise<string[]> {
  const tags = await repository.tags()
  for (const tag of tags) {
    const manifest = await repository.manifest(tag)
    const [layer] = manifest!.document.layers as Parameters<Repository['readBlob']>[0][]
    expect((await readAll(repository.readBlob(layer!))).length).toBe(layer!.size)
    expect(await repository.referrers(manifest!.descriptor.digest)).toHaveLength(1)
  }
  return [...tags].sort()
}

describe('a process that is ended at any call of the file system', () => {
  it(
    'leaves a folder of packages whole, and nobody waits for it',
    async () => {
      const run = (folder: string, n: number, killAt?: number) =>
        runWriter(['publish', folder], [argumentOf(`1.0.${n}`, version(n))], killAt)
      const { calls } = await run(testFolder(), 0)
      expect(calls).toBeGreaterThan(30)
      const folder = testFolder()
      const repository = openLayout({ folder, path: where })
      for (let n = 0; n < tries(6); n++) {
        const before = await checkAll(repository)
        const killAt = pointOf(n, calls)
        // Whoever comes next goes on with what there is, and does not wait for the lock of the dead.
        const { signal } = await run(folder, n, killAt)
        const after = await checkAll(repository)
        expect(signal === 'SIGKILL' || after.includes(`1.0.${n}`), `at call ${killAt}`).toBe(true)
        expect(after).toEqual(expect.arrayContaining(before))
      }
      expect(await run(folder, 0)).toMatchObject({ code: 0 })
      expect(await checkAll(repository)).toContain('1.0.0')
    },
    tries(120_000),
  )

  it(
    'leaves a cache whole, and the next one goes on with its download',
    async () => {
      const source = testFolder()
      const artifact = artifactOf(noise(3 << 20, 9))
      await push(openLayout({ folder: source, path: where }), artifact, '1.0.0')
      const run = (folder: string, killAt?: number) =>
        runWriter(['install', folder, source], [argumentOf('1.0.0', artifact)], killAt)
      const { calls } = await run(testFolder())
      expect(calls).toBeGreaterThan(4)
      for (let n = 0; n < tries(3); n++) {
        const cache = openCache(testFolder())
        const killAt = pointOf(n, calls)
        expect(await run(cache.folder, killAt)).toMatchObject({ signal: 'SIGKILL' })
        const there = await cache.get(artifact.blob.digest)
        expect(there === undefined || Buffer.from(there).equals(artifact.bytes), `at call ${killAt}`).toBe(
          true,
        )
        expect(await run(cache.folder)).toMatchObject({ code: 0 })
        expect(Buffer.from((await cache.get(artifact.blob.digest))!).equals(artifact.bytes)).toBe(true)
      }
    },
    tries(120_000),
  )
})

it('lets processes publish to one folder at the same time, and loses nothing', async () => {
  const folder = testFolder()
  const each = [0, 1, 2, 3].map((process) => [0, 1, 2].map((n) => process * 10 + n))
  const runs = each.map((numbers) =>
    runWriter(
      ['publish', folder],
      numbers.map((n) => argumentOf(`1.0.${n}`, version(n))),
    ),
  )
  for (const { code } of await Promise.all(runs)) expect(code).toBe(0)
  const tags = each
    .flat()
    .map((n) => `1.0.${n}`)
    .sort()
  expect(await checkAll(openLayout({ folder, path: where }))).toEqual(tags)
}, 60_000)

describe.skipIf(!hasSkopeo)('skopeo', () => {
  const skopeo = (...args: string[]) =>
    execFileSync('/usr/bin/skopeo', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const oci = (folder: string, tag: string) => `oci:${path.join(folder, where)}:${tag}`

  it('reads and writes the folders that we read and write', async () => {
    const [folder, other] = [testFolder(), testFolder()]
    await mkdir(path.join(other, 'acme'))
    const repository = openLayout({ folder, path: where })
    const stored = await push(repository, version(1), '1.0.1')
    await push(repository, version(2), '1.0.2')
    await repository.attach(stored, [Buffer.from(argumentOf('1.0.1', version(1)).referrer, 'base64')])
    skopeo('copy', '--quiet', oci(folder, '1.0.1'), oci(other, '1.0.1'))
    const copied = openLayout({ folder: other, path: where })
    expect((await copied.manifest('1.0.1'))?.descriptor).toEqual(stored)
    expect((await readAll(copied.readBlob(version(1).blob))).equals(version(1).bytes)).toBe(true)
    // Into one that has something of ours.
    skopeo('copy', '--quiet', oci(folder, '1.0.2'), oci(other, '1.0.2'))
    skopeo('copy', '--quiet', oci(other, '1.0.1'), oci(folder, 'again'))
    expect([...(await copied.tags())].sort()).toEqual(['1.0.1', '1.0.2'])
    expect([...(await repository.tags())].sort()).toEqual(['1.0.1', '1.0.2', 'again'])
    expect(await repository.referrers(stored.digest)).toHaveLength(1)
  })

  it.skipIf(!hasDockerRegistry)('takes to a registry what we have in a folder, and back', async () => {
    await using server = await startDockerRegistry()
    const [folder, back] = [testFolder(), testFolder()]
    await mkdir(path.join(back, 'acme'))
    const stored = await push(openLayout({ folder, path: where }), version(3), '1.0.3')
    const there = `docker://${server.registry}/${where}:1.0.3`
    skopeo('copy', '--quiet', '--dest-tls-verify=false', oci(folder, '1.0.3'), there)
    const repository = openOci({ registry: server.registry, path: where })
    expect((await repository.manifest('1.0.3'))?.descriptor).toEqual(stored)
    await push(repository, version(4), '1.0.4')
    skopeo('copy', '--quiet', '--src-tls-verify=false', there.replace('1.0.3', '1.0.4'), oci(back, '1.0.4'))
    expect(
      (await readAll(openLayout({ folder: back, path: where }).readBlob(version(4).blob))).equals(
        version(4).bytes,
      ),
    ).toBe(true)
  })
})
