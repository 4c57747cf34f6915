import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeStaging, removeStaging } from '../build/staging.js'

/**
 * Files that a plugin is tested with, in a folder of their own that stands for `/`. What the manifest asks for decides
 * how much of it the plugin gets.
 */
export class TestFiles {
  readonly root = makeStaging('files')

  /** @param folders That the plugin asks for; they are there although no file is in them. */
  constructor(files: Readonly<Record<string, string | Uint8Array>>, folders: readonly string[]) {
    for (const folder of folders) mkdirSync(join(this.root, folder), { recursive: true })
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
  }

  /** Text of a file, or undefined when there is none. */
  read(path: string): string | undefined {
    try {
      return readFileSync(join(this.root, path), 'utf8')
    } catch {
      return undefined
    }
  }

  remove(): void {
    removeStaging(this.root)
  }
}
