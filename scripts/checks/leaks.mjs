import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { inRoot, packages, root } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** Nothing that we publish tells about the machine it was made on, or depends on it. */
export async function checkLeaks() {
  const places = [root, os.homedir(), os.hostname()].filter((text) => text.length > '/root'.length)
  // Home folders of whoever builds (an attack in a test may try one), and lock file entries that name a registry.
  const patterns = [
    ...places.map(wordly),
    /(?<![\w.])\/(?:root|home\/[a-z]+|Users\/[A-Za-z]+)\/[\w.-]+\//,
    /tarball: https?:/,
  ]
  const tracked = (await run('git', ['ls-files', '-z'])).split('\0')
  const built = (
    await run('git', ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', ...dists()])
  ).split('\0')
  const found = []
  for (const file of [...tracked, ...built]) {
    if (file === '' || file.endsWith('.wasm')) continue
    const text = await readFile(inRoot(file), 'utf8').catch(() => '')
    const lines = text.split('\n')
    const line = lines.findIndex((candidate) => patterns.some((pattern) => pattern.test(candidate)))
    if (line >= 0) found.push(`${file}:${line + 1}`)
  }
  if (found.length > 0) throw new Error(`these lines name a place on some machine:\n  ${found.join('\n  ')}`)
}

const dists = () => packages.map((name) => `packages/${name}/dist`)

function wordly(text) {
  return new RegExp(`(?<![\\w-])${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`)
}
