import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { inRoot, packages, root } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** Nothing that we publish tells about the machine it was made on, or depends on it. */
export async function checkLeaks() {
  const patterns = [root, os.homedir(), os.hostname()]
    .filter((text) => text.length > 4)
    .map((text) => wordly(text))
  // Home folders of whoever builds, and lock file entries that name a registry instead of taking the configured one.
  patterns.push(/\/(?:root|home\/[a-z]+|Users\/[A-Za-z]+)\/[\w.-]/, /resolution:.*tarball: https?:/)
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
