import { createHash } from 'node:crypto'
import { lstat, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { transportErrors as errors } from '../errors/index.js'
import type { Descriptor } from '../repository/index.js'
import { type Digest, isDigest } from '../repository/index.js'
import { makeFolder } from './make-folder.js'
import { openRegularFile } from './regular-file.js'
import { temporaryName } from './replace-file.js'

/** `blobs/sha256/…` of a layout or a cache: files named by what they hash to. */
export interface BlobFolder {
  /** Where a blob is, if it is there. */
  file(digest: Digest): string
  /** Bytes of a blob as they are on the disk; `undefined` if it is not there. */
  sizeOf(digest: Digest): Promise<number | undefined>
  /** Pieces of a file that has `size` bytes, compared with nothing: of their own, or parts of `into`, which has as many. */
  read(digest: Digest, size: number, from?: number, into?: Buffer): AsyncIterable<Uint8Array>
  /** Whether it is there with the bytes that its digest says. */
  isIntact(blob: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean>
  /** Stores pieces that have been verified as they come. They appear under their digest at once, or not at all. */
  store(digest: Digest, pieces: AsyncIterable<Uint8Array>): Promise<void>
}

/**
 * @param root The folder that has `blobs`. A link below it is refused: what is read there may come from anywhere.
 * @param temporary A folder of the same file system for files that are not whole yet.
 */
export function openBlobFolder(root: string, temporary: string, fail: (reason: string) => Error): BlobFolder {
  const folder = path.join(root, 'blobs', 'sha256')
  const file = (digest: Digest) => path.join(folder, hexOf(digest))

  async function sizeOf(digest: Digest): Promise<number | undefined> {
    await refuseLinks([path.join(root, 'blobs'), folder], fail)
    const opened = await openRegularFile(file(digest), fail)
    await opened?.handle.close()
    return opened?.size
  }

  async function* read(digest: Digest, size: number, from = 0, into?: Buffer): AsyncGenerator<Uint8Array> {
    await refuseLinks([path.join(root, 'blobs'), folder], fail)
    const opened = await openRegularFile(file(digest), fail)
    if (opened === undefined) throw fail(`${digest} is not there`)
    await using _ = { [Symbol.asyncDispose]: () => opened.handle.close() }
    if (opened.size !== size)
      throw errors.CONTENT_SIZE_MISMATCH({ registry: root, digest, size, more: opened.size > size })
    for (let at = from; at < size; ) {
      const end = Math.min(at + PIECE, size)
      const piece = into?.subarray(at, end) ?? Buffer.allocUnsafeSlow(end - at)
      const { bytesRead } = await opened.handle.read(piece, 0, piece.length, at)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
      at += bytesRead
    }
  }

  async function isIntact({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    if ((await sizeOf(digest)) !== size) return false
    const hash = createHash('sha256')
    for await (const piece of read(digest, size)) hash.update(piece)
    return `sha256:${hash.digest('hex')}` === digest
  }

  async function store(digest: Digest, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await makeFolder(folder)
    await makeFolder(temporary)
    await refuseLinks([path.join(root, 'blobs'), folder, temporary], fail)
    await removeAbandoned(temporary)
    const beside = path.join(temporary, temporaryName())
    try {
      const handle = await open(beside, 'wx')
      try {
        for await (const piece of pieces) await handle.writeFile(piece)
      } finally {
        await handle.close()
      }
      await rename(beside, file(digest))
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined) // What went wrong first is what to report.
      throw error
    }
  }

  return { file, sizeOf, read, isIntact, store }
}

function hexOf(digest: Digest): string {
  if (!isDigest(digest)) throw errors.REGISTRY_NAME_INVALID({ what: 'digest', text: String(digest) })
  return digest.slice('sha256:'.length)
}

async function refuseLinks(folders: readonly string[], fail: (reason: string) => Error): Promise<void> {
  for (const folder of folders) {
    const found = await lstat(folder).catch(() => undefined)
    if (found !== undefined && !found.isDirectory()) throw fail(`${folder} is not a folder`)
  }
}

/** What processes have left behind that were ended while they wrote. */
async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const file = path.join(temporary, name)
    const found = await stat(file).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(file, { force: true })
  }
}

const PIECE = 1 << 20
/** No write takes a day. */
const ABANDONED_MS = 24 * 60 * 60 * 1_000
