import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from './paths.mjs'

/** Folders that hold results, or tests: neither decides what is built. */
const PASSED_OVER = new Set([
  'node_modules',
  'dist',
  'target',
  'gen',
  'generated',
  'site',
  'test',
  'vendor',
  '.cache',
])

/**
 * Runs `step` unless it ran before with the same inputs and its results are still there.
 *
 * @param inputs files and folders whose contents decide the outcome, and strings that do
 * @param results files that the step writes
 */
export async function unlessDone(name, { inputs, results }, step) {
  const digest = await digestOf(inputs)
  const stamp = inRoot('.cache/stamps', name)
  const before = await readFile(stamp, 'utf8').catch(() => '')
  if (before === digest && (await allExist(results))) return false
  await step()
  await writeWhole(stamp, digest)
  return true
}

/** Writes a file so that a reader sees all of it or none. */
export async function writeWhole(file, text) {
  await mkdir(path.dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, file)
}

async function digestOf({ paths, values = [] }) {
  const hash = createHash('sha256')
  for (const value of values) hash.update(`${value}\0`)
  for (const root of paths) {
    for (const file of await filesUnder(root)) {
      hash.update(`${path.relative(inRoot(), file)}\0`).update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

async function filesUnder(root) {
  const entries = await readdir(root, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (entries === undefined) return [root]
  const files = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (PASSED_OVER.has(entry.name)) continue
    const file = path.join(root, entry.name)
    if (entry.isDirectory()) files.push(...(await filesUnder(file)))
    else if (entry.isFile()) files.push(file)
  }
  return files
}

async function allExist(files) {
  const found = await Promise.all(
    files.map((file) =>
      readdir(path.dirname(file)).then(
        (names) => names.includes(path.basename(file)),
        () => false,
      ),
    ),
  )
  return found.every(Boolean)
}
