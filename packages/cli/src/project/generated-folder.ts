import { createHash, randomUUID } from 'node:crypto'
import { rename, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { failures, usageErrors } from '../errors/index.js'
import { readNamedFile, readNamedText } from './files.js'
import { makeFolder } from './make-folder.js'

/** Remembers what was written, so that a person's own file or change is told from an older version of ours. */
const RECORD = '.wasm-plugin-generated.json'

export interface GeneratedFolder {
  readonly dir: string
  readonly files: ReadonlyMap<string, string | Uint8Array>
  /** Overwrite files that are not ours, or were changed since. */
  readonly force: boolean
  /** The command that generates them. */
  readonly by: string
}

/**
 * Writes generated files into a folder that may hold others, each file at once or not at all, and removes those of ours
 * that are no longer generated.
 *
 * @returns the files that were removed.
 * @throws {FILES_IN_THE_WAY} and nothing is written
 * @throws {PATH_UNWRITABLE}
 */
export async function writeGeneratedFolder({ dir, files, force, by }: GeneratedFolder): Promise<string[]> {
  const record = await readRecord(dir)
  const present = await digestsOf(dir, new Set([...files.keys(), ...record.keys()]))
  const isOurs = (name: string) => record.get(name) === present.get(name)
  const inTheWay = [...present.keys()].filter((name) => {
    const content = files.get(name)
    return !isOurs(name) && content !== undefined && digest(content) !== present.get(name)
  })
  if (!force && inTheWay.length > 0) throw usageErrors.FILES_IN_THE_WAY({ dir, files: inTheWay })
  // A file that a person changed stays, also when nothing is generated in its place any more.
  const removed = [...present.keys()].filter((name) => !files.has(name) && isOurs(name))
  try {
    await writeAll(dir, new Map([...files, [RECORD, recordOf(files, by)]]))
    for (const name of removed) await removeWithFolders(dir, name)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw failures.PATH_UNWRITABLE({ path: dir, reason }, error)
  }
  return removed
}

/** Everything is on the disk under another name before the first file takes its place; the record comes last. */
async function writeAll(dir: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  await makeFolder(dir)
  const staging = path.join(dir, `.${randomUUID()}`)
  try {
    for (const [name, content] of files) await writeInto(path.join(staging, name), content)
    for (const name of files.keys()) {
      await makeFolder(path.dirname(path.join(dir, name)))
      await rename(path.join(staging, name), path.join(dir, name))
    }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** The folder of a WIT package without a file is an error to those who read it. */
async function removeWithFolders(dir: string, name: string): Promise<void> {
  await rm(path.join(dir, name), { force: true })
  for (let folder = path.dirname(name); folder !== '.'; folder = path.dirname(folder)) {
    const isRemoved = await rmdir(path.join(dir, folder)).then(
      () => true,
      () => false, // It has other files.
    )
    if (!isRemoved) return
  }
}

async function writeInto(file: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(path.dirname(file))
  await writeFile(file, content)
}

/** Digest by file of what was written last; empty when there is no record, or one that makes no sense. */
async function readRecord(dir: string): Promise<Map<string, string>> {
  try {
    const json: unknown = JSON.parse(await readNamedText(path.join(dir, RECORD), RECORD))
    const files = typeof json === 'object' && json !== null && 'files' in json ? json.files : undefined
    const entries = Object.entries(files ?? {}).filter(([name]) => isInside(name))
    return new Map(entries.map(([name, value]) => [name, String(value)]))
  } catch {
    return new Map()
  }
}

/** The record is a file like any other: a name in it must not lead out of the folder. */
function isInside(name: string): boolean {
  return !path.isAbsolute(name) && !name.split(/[\\/]/).includes('..')
}

function recordOf(files: ReadonlyMap<string, string | Uint8Array>, by: string): string {
  const digests = Object.fromEntries([...files].map(([name, content]) => [name, digest(content)]))
  return `${JSON.stringify({ generatedBy: by, files: digests }, null, 2)}\n`
}

async function digestsOf(dir: string, names: ReadonlySet<string>): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (const name of names) {
    const content = await readNamedFile(path.join(dir, name), name).catch(() => undefined)
    if (content !== undefined) digests.set(name, digest(content))
  }
  return digests
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
