import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { timed } from './report.mjs'
import { writeWhole } from './stamps.mjs'

/** A folder outside of the repository, for what takes minutes to build and is the same for every clone. */
export function userCache(...parts) {
  const caches = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  return path.join(caches, 'wasm-plugin', ...parts)
}

/**
 * The folder that `make` filled, once for each version, and the milliseconds that it took then. A folder is there whole or not
 * at all.
 *
 * @param cache a folder of `userCache`
 */
export async function builtOnce(cache, { name, version, make }) {
  const folder = path.join(cache, `${name}-${version}`)
  const record = path.join(folder, 'built.json')
  if (!(await exists(record))) await build()
  const { ms } = JSON.parse(await readFile(record, 'utf8'))
  return { folder, ms }

  async function build() {
    const draft = `${folder}.${process.pid}`
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    const start = performance.now()
    try {
      await timed('Building', `${name} ${version}`, () => make(draft))
      await writeWhole(path.join(draft, 'built.json'), JSON.stringify({ ms: performance.now() - start }))
      await rm(folder, { recursive: true, force: true })
      await rename(draft, folder)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }
}

const exists = (file) =>
  access(file).then(
    () => true,
    () => false,
  )
