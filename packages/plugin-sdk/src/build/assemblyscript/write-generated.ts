import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errors } from '../../errors/index.js'
import { readRegularText } from '../../files.js'
import { refuseOutside } from '../inside.js'
import { writing } from '../writing.js'

/** Remembers what was written: what else is in the folder is the author's. `wasm-plugin bindings` writes the same. */
const RECORD = '.wasm-plugin-generated.json'

/**
 * Writes generated files into a folder of the project, and removes those of an earlier build that are no longer
 * generated. A file that did not change keeps its time, for watchers and editors.
 *
 * @param folder Relative to the project, or absolute.
 * @throws {PATH_OUTSIDE_PROJECT} it, or a place in it, is a link to somewhere else
 * @throws {GENERATED_IN_THE_WAY} and nothing is written
 * @throws {OUTPUT_UNWRITABLE}
 */
export function writeGenerated(
  project: string,
  folder: string,
  generated: ReadonlyMap<string, string>,
): void {
  const dir = resolve(project, folder)
  const files = new Map([...generated, ['.gitignore', '*\n']])
  refuseOutside(project, 'the folder of generated files', folder)
  for (const name of files.keys()) refuseOutside(project, 'a generated file', join(folder, name))
  // Where the folder is a file, looking below it is refused as writing is.
  writing(dir, () => {
    for (const name of [...files.keys(), RECORD]) refuseSpecial(join(dir, name))
  })
  const record = readRecord(join(dir, RECORD))
  refuseOverwriting(dir, files, record)
  writing(dir, () => {
    mkdirSync(dir, { recursive: true })
    for (const [name, digest] of record ?? [])
      if (!files.has(name)) removeUnchanged(project, join(dir, name), digest)
    for (const [name, text] of files) writeChanged(join(dir, name), text)
    writeChanged(join(dir, RECORD), recordOf(files))
  })
}

/** A FIFO would be waited for, and a device takes everything. */
function refuseSpecial(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    throw errors.GENERATED_IN_THE_WAY({ file: path })
}

/** Without a record there is nothing to go by: generated files of an earlier version have none. */
function refuseOverwriting(
  dir: string,
  files: ReadonlyMap<string, string>,
  record: ReadonlyMap<string, string> | null,
): void {
  if (record === null) return
  for (const [name, text] of files) {
    const found = textOf(join(dir, name))
    if (!record.has(name) && found !== null && found !== text)
      throw errors.GENERATED_IN_THE_WAY({ file: join(dir, name) })
  }
}

/** One that the author has changed stays. The record is a file like any other: a name in it may lead anywhere. */
function removeUnchanged(project: string, path: string, digest: string): void {
  const text = textOf(path)
  if (text === null || digestOf(text) !== digest) return
  refuseOutside(project, 'a generated file', path)
  rmSync(path, { force: true })
}

function writeChanged(path: string, text: string): void {
  if (textOf(path) === text) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Digest by file of what was written last; null when there is no record, or one that makes no sense. */
function readRecord(path: string): Map<string, string> | null {
  try {
    const { files } = JSON.parse(readRegularText(path)) as { files: Record<string, unknown> }
    return new Map(Object.entries(files).map(([name, digest]) => [name, String(digest)]))
  } catch {
    return null
  }
}

function recordOf(files: ReadonlyMap<string, string>): string {
  const digests = Object.fromEntries([...files].map(([name, text]) => [name, digestOf(text)]))
  return `${JSON.stringify({ generatedBy: 'wasm-plugin build', files: digests }, null, 2)}\n`
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

function textOf(path: string): string | null {
  try {
    return readRegularText(path)
  } catch {
    return null
  }
}
