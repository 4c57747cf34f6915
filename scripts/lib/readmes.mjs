import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from './paths.mjs'

/** Enough to be real work, few enough to look at. */
const WANTED = 120
/** Shorter files have nothing but a title and a link. */
const MIN_BYTES = 1_000

/** Fills a folder with text that nobody here wrote: the READMEs of installed packages. Answers with the folder. */
export async function collectReadmes() {
  const folder = inRoot('.cache/demo/readmes')
  await rm(folder, { recursive: true, force: true })
  const store = inRoot('node_modules/.pnpm')
  const taken = new Set()
  for (const entry of (await readdir(store)).sort()) {
    // `@types+node@20.1.0`, with `_` and the peers behind it.
    const [, scope, base] = /^(?:(@[^+]+)\+)?([^@]+)@/.exec(entry) ?? []
    const name = scope === undefined ? base : `${scope}/${base}`
    if (name === undefined || taken.has(name)) continue
    const readme = path.join(store, entry, 'node_modules', name, 'README.md')
    const size = await stat(readme).then(
      (found) => found.size,
      () => 0,
    )
    if (size < MIN_BYTES) continue
    const target = path.join(folder, `${name}.md`)
    await mkdir(path.dirname(target), { recursive: true })
    await copyFile(readme, target)
    taken.add(name)
    if (taken.size === WANTED) break
  }
  return folder
}
