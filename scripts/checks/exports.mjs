import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** What a package may hold; anything else in the tarball is there by accident. */
const ALLOWED = /^(dist\/|package\.json$|README\.md$|LICENSE$)/

/** Every entry of `exports` is named one by one, is in the tarball, and loads on its own. */
export async function checkExports(name) {
  const folder = inRoot('packages', name)
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
  const packed = await packedFiles(folder)
  const wrong = packed.filter((file) => !ALLOWED.test(file) && !isExtra(manifest, file))
  const own = Object.values(manifest.imports ?? {}).map((target) => path.normalize(target.default))
  wrong.push(...packed.filter((file) => own.includes(file)).map((file) => `${file} (for the tests)`))
  for (const required of ['README.md', 'LICENSE']) {
    if (!packed.includes(required)) wrong.push(`${required} (missing)`)
  }
  for (const file of Object.values(manifest.bin ?? {})) {
    if (!packed.includes(path.normalize(file))) wrong.push(`${file} (bin, missing)`)
  }
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (entry.includes('*')) wrong.push(`${entry} (a wildcard exports files that nobody promised)`)
    const files = typeof target === 'string' ? [target] : Object.values(target)
    wrong.push(
      ...files.filter((file) => !packed.includes(path.normalize(file))).map((file) => `${file} (missing)`),
    )
    if (typeof target === 'object') await import(path.join(folder, target.default))
  }
  if (wrong.length > 0) throw new Error(`${manifest.name}: wrong contents:\n  ${wrong.join('\n  ')}`)
}

async function packedFiles(folder) {
  const output = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder })
  return JSON.parse(output)[0].files.map((file) => file.path)
}

/** `files` of package.json may name more folders; those are on purpose. */
function isExtra(manifest, file) {
  return manifest.files.some((extra) => file === extra || file.startsWith(`${extra}/`))
}
