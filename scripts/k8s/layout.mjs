import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from '../lib/run.mjs'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Writes an archive with an image of one layer, as `ctr images import` reads it.
 *
 * @param image.name with its tag
 * @param image.files what the layer has: places in it, and files or folders of this machine
 * @param image.links in folders of those, and what they lead to
 * @param image.config of the image: entrypoint, variables, user
 */
export async function layoutArchive(out, { name, files, links = {}, config }) {
  const work = await mkdtemp(path.join(os.tmpdir(), 'image-'))
  try {
    const root = path.join(work, 'root')
    for (const [to, from] of Object.entries(files)) {
      const place = path.join(root, to)
      await mkdir(path.dirname(place), { recursive: true })
      await cp(await realpath(from), place, { recursive: true, verbatimSymlinks: true })
      if ((await stat(place)).isFile()) await chmod(place, 0o755)
    }
    for (const [at, target] of Object.entries(links)) await symlink(target, path.join(root, at))
    await mkdir(path.join(root, 'tmp'), { recursive: true })
    await chmod(path.join(root, 'tmp'), 0o1777)
    const blobs = path.join(work, 'layout/blobs/sha256')
    await mkdir(blobs, { recursive: true })
    const draft = path.join(work, 'layer.tar')
    const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
    await run('tar', [...plain, '-cf', draft, '-C', root, '.'])
    const layer = await blob(draft)
    const platform = { architecture: 'amd64', os: 'linux' }
    const rootfs = { type: 'layers', diff_ids: [layer.digest] }
    const settings = await json({ ...platform, config, rootfs })
    const manifest = await json({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...settings },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
    })
    const annotations = {
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': name.split(':').pop(),
    }
    const index = {
      schemaVersion: 2,
      manifests: [{ mediaType: MANIFEST, ...manifest, platform, annotations }],
    }
    await writeFile(path.join(work, 'layout/index.json'), JSON.stringify(index))
    await writeFile(path.join(work, 'layout/oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
    await run('tar', ['-cf', out, '-C', path.join(work, 'layout'), '.'])

    async function json(value) {
      const file = path.join(work, 'value.json')
      await writeFile(file, JSON.stringify(value))
      return await blob(file)
    }

    async function blob(file) {
      const hash = createHash('sha256')
      await pipeline(createReadStream(file), hash)
      const digest = hash.digest('hex')
      const { size } = await stat(file)
      await rename(file, path.join(blobs, digest))
      return { digest: `sha256:${digest}`, size }
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
