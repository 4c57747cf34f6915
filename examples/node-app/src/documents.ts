import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Document } from './generated/renderer.js'

/** Every Markdown file in a folder and the folders below it, in the order of their paths. */
export async function readDocuments(folder: string): Promise<Document[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/i.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    files.map(async (file) => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      markdown: await readFile(file, 'utf8'),
    })),
  )
}
