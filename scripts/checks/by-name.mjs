// Tests import packages by name: what a user gets is tested, and sources move without their tests.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** Tests that name a file of the sources, each with its reason. */
const EXCEPTIONS = {
  'packages/wasi/test/p2/signatures.test.ts -> packages/wasi/src/p2/signatures/wasi.json':
    'writes the table, with `-u`, that the sources are built with',
}

export async function checkByName() {
  const listed = await run('git', [
    ...['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    ...['ts', 'js', 'mjs', 'cjs'].map((ending) => `:(glob)packages/*/test/**/*.${ending}`),
  ])
  const tests = new Map()
  for (const file of listed.split('\0')) {
    const text = file === '' ? '' : await readFile(inRoot(file), 'utf8').catch(() => '')
    if (text !== '') tests.set(file, text)
  }
  const found = byPath(tests)
  const complaints = [
    ...found.filter((what) => !(what in EXCEPTIONS)),
    ...Object.keys(EXCEPTIONS)
      .filter((what) => !found.includes(what))
      .map((what) => `${what} is gone: take it off the list of scripts/checks/by-name.mjs`),
  ]
  if (complaints.length > 0)
    throw new Error(`Tests import packages by name, and pieces from #internal:\n  ${complaints.join('\n  ')}`)
}

/**
 * Each file of the sources that a test names by its path, to import it, mock it or read it: `test -> file`.
 *
 * @param tests texts by path in the repository
 */
export function byPath(tests) {
  return [...tests].flatMap(([test, text]) =>
    [...text.matchAll(RELATIVE)]
      .map(([, , name]) => path.posix.join(path.posix.dirname(test), name))
      .filter((file) => SOURCE.test(file))
      .map((file) => `${test} -> ${file}`),
  )
}

const RELATIVE = /(['"`])((?:\.\.?\/)+[^'"`\s]*)\1/g
const SOURCE = /^packages\/[^/]+\/src(?:\/|$)/
