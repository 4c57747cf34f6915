import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { root } from './app.js'

/** A fenced block of a page, or of a comment in the sources of a package. */
export interface Snippet {
  /** `docs/grants.md:7`, the line of the fence. */
  readonly place: string
  readonly page: string
  /** What stands after the fence: the language, then what is special about the block. */
  readonly kind: string
  readonly text: string
}

/** Every fenced block of the documentation: the pages, the READMEs of the packages, and what editors show of the sources. */
export async function allSnippets(): Promise<Snippet[]> {
  const found = await Promise.all(
    (await pages()).map(async (page) => snippetsIn(page, await readFile(path.join(root, page), 'utf8'))),
  )
  return found.flat()
}

/** Every page, and every source whose comments have snippets. */
export async function pages(): Promise<string[]> {
  const files = async (folder: string, ending: string) =>
    (await readdir(path.join(root, folder), { recursive: true }))
      .filter((name) => name.endsWith(ending))
      .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
  const packages = await readdir(path.join(root, 'packages'))
  const sources = packages
    .filter((name) => name !== 'starling')
    .map((name) => files(`packages/${name}/src`, '.ts'))
  const own = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'ARCHITECTURE.md']
  const readmes = packages.map((name) => `packages/${name}/README.md`)
  return [...own, ...readmes, ...(await files('docs', '.md')), ...(await Promise.all(sources)).flat()].sort()
}

function snippetsIn(page: string, text: string): Snippet[] {
  const margin = page.endsWith('.ts') ? ' *\\* ' : ' *'
  const fenced = new RegExp(`^${margin}\`\`\`(.*)\n([^]*?)^${margin}\`\`\`$`, 'gm')
  return [...text.matchAll(fenced)].map(({ index, 1: kind = '', 2: body = '' }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length}`,
    page,
    kind: kind.trim(),
    text: body.replaceAll(new RegExp(`^${margin.trimEnd()} ?`, 'gm'), ''),
  }))
}
