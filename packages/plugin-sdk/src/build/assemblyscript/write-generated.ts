import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Makes `dir` hold exactly `files`. A file that did not change keeps its time, for watchers and editors. */
export function writeGenerated(dir: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(dir, { recursive: true })
  for (const name of generatedIn(dir)) if (!files.has(name) && name !== '.gitignore') rmSync(join(dir, name))
  for (const [name, text] of [...files, ['.gitignore', '*\n'] as const]) {
    const path = join(dir, name)
    if (textOf(path) === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

function generatedIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll('\\', '/'),
    )
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
