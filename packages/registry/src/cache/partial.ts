import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '../disk/index.js'
import type { BlobStart, Digest } from '../repository/index.js'

/** A file that is being downloaded, and what is in it already. */
export interface PartialFile extends AsyncDisposable {
  readonly start: BlobStart
  readonly beginning: Uint8Array
  append(piece: Uint8Array): Promise<void>
  /** Makes it the file of a blob. */
  moveTo(file: string): Promise<void>
  /** Nobody goes on with it. */
  remove(): Promise<void>
}

/**
 * A file to download a blob to: one that a process has left behind when it ended or was cut off, or a new one.
 *
 * @param max Bytes of the blob. More cannot be its beginning.
 */
export async function openPartial(folder: string, digest: Digest, max: number): Promise<PartialFile> {
  await makeFolder(folder)
  const file = path.join(folder, `${digest.slice('sha256:'.length)}.${process.pid}.${randomUUID()}`)
  active.add(file)
  try {
    await claim(folder, digest, file)
    const handle = await open(file, 'a+')
    const beginning = await readBeginning(handle, max)
    return partialOf(file, handle, beginning)
  } catch (error) {
    active.delete(file)
    throw error
  }
}

function partialOf(file: string, handle: FileHandle, beginning: Buffer): PartialFile {
  return {
    start: { size: beginning.length, hash: createHash('sha256').update(beginning) },
    beginning,
    append: (piece) => handle.writeFile(piece),
    async moveTo(target) {
      await handle.close()
      await rename(file, target)
    },
    remove: () => rm(file, { force: true }),
    async [Symbol.asyncDispose]() {
      active.delete(file)
      await handle.close().catch(() => undefined)
    },
  }
}

/** Takes over a file of the same blob whose process has ended. Of two who want it, one gets it. */
async function claim(folder: string, digest: Digest, file: string): Promise<void> {
  const hex = digest.slice('sha256:'.length)
  for (const name of await readdir(folder)) {
    const other = path.join(folder, name)
    const [of, pid] = name.split('.')
    if (of !== hex || active.has(other) || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue
    const taken = await rename(other, file).then(
      () => true,
      () => false,
    )
    if (taken) return
  }
}

async function readBeginning(handle: FileHandle, max: number): Promise<Buffer> {
  const { size } = await handle.stat()
  if (size > max) {
    await handle.truncate(0)
    return Buffer.alloc(0)
  }
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

/** Files that nobody has touched for a day, of blobs that nobody asked for again. */
export async function removeOldPartials(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => undefined)
    if (found !== undefined && !active.has(file) && Date.now() - found.mtimeMs > OLD_MS)
      await rm(file, { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Those of this process that somebody writes to. */
const active = new Set<string>()
const OLD_MS = 24 * 60 * 60 * 1_000
