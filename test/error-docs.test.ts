import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { errorDocs, errorTables } from '../scripts/error-docs.mjs'
import { root } from './support/app.js'

interface Row {
  code: string
  origin: string
  summary: string
}

describe('docs/errors.md', () => {
  let text: string
  let rows: Row[]
  let documented: Row[]

  beforeAll(async () => {
    text = await readFile(path.join(root, 'docs/errors.md'), 'utf8')
    rows = Object.values((await errorTables()) as Record<string, Row[]>).flat()
    documented = [
      ...text.matchAll(/^\| `(?<code>[A-Z_0-9]+)` \| (?<origin>\w+) \| (?<summary>.+) \|$/gm),
    ].map(({ groups }) => groups as unknown as Row)
  })

  it('has every code that a package can throw', () => {
    expect(documented.map(({ code }) => code)).toEqual(expect.arrayContaining(rows.map(({ code }) => code)))
  })

  it('has no code that no package throws', () => {
    expect(rows.map(({ code }) => code)).toEqual(expect.arrayContaining(documented.map(({ code }) => code)))
  })

  it('is what the tables say, to the letter', async () => {
    expect(text).toBe(await errorDocs())
  })

  it('names each code once: a code means one thing', () => {
    const codes = rows.map(({ code }) => code)
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
  })

  it('has no code that no test has seen', async () => {
    const packages = await readdir(path.join(root, 'packages'))
    const suites = ['test', ...packages.map((name) => path.join('packages', name, 'test'))]
    const texts = await Promise.all(suites.map((folder) => textsOf(path.join(root, folder))))
    // What a comment says, or a test makes by itself, was thrown by nothing.
    const seen = texts
      .flat()
      .join('\n')
      .replace(/^\s*(?:\/\/|\/?\*).*$|\b(?:\w*[eE]rrors|failures)\.[A-Z_0-9]+\(/gm, '')
    const words = new Set(seen.match(/[A-Z][A-Z_0-9]+/g))
    expect(rows.map(({ code }) => code).filter((code) => !words.has(code))).toEqual([])
  })

  it('ends every summary as a sentence', () => {
    expect(rows.filter(({ summary }) => !summary.endsWith('.')).map(({ code }) => code)).toEqual([])
  })
})

/** The files of a suite of tests; a package may have none. */
async function textsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const texts = entries.map(async (entry) => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return OTHERS.has(entry.name) ? [] : await textsOf(file)
    return /\.(?:ts|mjs)$/.test(entry.name) ? [await readFile(file, 'utf8')] : []
  })
  return (await Promise.all(texts)).flat()
}

const OTHERS = new Set(['node_modules', 'target', 'dist', 'gen'])
