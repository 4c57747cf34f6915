import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { failures } from '../errors/index.js'
import { packageRoot } from '../version.js'

const ROOT = fileURLToPath(new URL('templates/', packageRoot))

/**
 * Reads one folder of `templates/`, with `{{placeholders}}` filled in. A leading `_` of a file name is dropped: npm
 * and cargo give files such as package.json, .gitignore and Cargo.toml a meaning of their own inside a package.
 */
export async function readTemplate(
  name: string,
  values: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(ROOT, name)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, string>()
  for (const entry of entries.filter((e) => e.isFile())) {
    const source = path.join(entry.parentPath, entry.name)
    const place = path.relative(folder, entry.parentPath).split(path.sep).filter(Boolean)
    const target = [...place, targetName(entry.name)].join('/')
    files.set(target, fill(await readFile(source, 'utf8'), values, `${name}/${target}`))
  }
  return files
}

const DOTTED = new Set(['_gitignore'])

function targetName(name: string): string {
  if (DOTTED.has(name)) return name.replace('_', '.')
  return name.replace(/^_/, '')
}

function fill(text: string, values: ReadonlyMap<string, string>, where: string): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values.get(key)
    if (value === undefined)
      throw failures.INTERNAL_ERROR({ reason: `template ${where} uses {{${key}}}, which nothing fills in` })
    return value
  })
}
