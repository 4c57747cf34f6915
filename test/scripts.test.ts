import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/app.js'

/** What a file imports before its first line runs. */
const STATIC_IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm

describe('the scripts of the repository, in a clone where nothing was installed', async () => {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const scripts = Object.entries(manifest.scripts).flatMap(([name, command]) => {
    const [, file] = /^node (\S+)/.exec(command) ?? []
    return file === undefined ? [] : [{ name, file }]
  })

  it('are those that the README names, and more', () => {
    expect(scripts.map(({ name }) => name)).toEqual(expect.arrayContaining(['demo', 'test', 'bench']))
  })

  it.each(scripts)('$name starts: it imports no package before the set-up', async ({ file }) => {
    expect(await packagesBefore(path.join(root, file))).toEqual([])
  })
})

/** Packages that a script needs to start, each with who imports it. */
async function packagesBefore(script: string): Promise<string[]> {
  const seen = new Set([script])
  const found: string[] = []
  for (const file of seen) {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(STATIC_IMPORT)) {
      if (name.startsWith('.')) seen.add(path.resolve(path.dirname(file), name))
      else if (!name.startsWith('node:')) found.push(`${path.relative(root, file)} imports ${name}`)
    }
  }
  return found
}
