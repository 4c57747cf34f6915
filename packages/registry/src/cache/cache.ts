import { createHash } from 'node:crypto'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { PluginError } from '@wasm-plugin/runtime/errors'
import { makeFolder, openBlobFolder, writing } from '../disk/index.js'
import { transportErrors as errors } from '../errors/index.js'
import {
  blobOf,
  type Descriptor,
  type Digest,
  isDigest,
  type Repository,
  type TransferOptions,
} from '../repository/index.js'
import { cacheFolder } from './folder.js'
import { openPartial, type PartialFile, removeOldPartials } from './partial.js'
import { addWithdrawals, readWithdrawals, type Withdrawals } from './withdrawals.js'

export interface CacheUsage {
  readonly blobs: number
  readonly bytes: number
}

export interface PruneOptions {
  /** What stays, however old it is: what lock files name. */
  readonly keep?: Iterable<Digest> | undefined
  /** Milliseconds since a blob was last read, after which it goes. Default: all go. */
  readonly unusedForMs?: number | undefined
}

/** Manifests and blobs by their digests, in one folder for all processes of a user. */
export interface Cache {
  readonly folder: string
  /** The bytes of a digest, compared with it; `undefined` if they are not there, or are damaged. */
  get(digest: Digest): Promise<Uint8Array | undefined>
  put(bytes: Uint8Array): Promise<Digest>
  /** The bytes of a blob: those that are there, or those of the repository, which are then. A download that broke off goes on. */
  fetch(blob: Descriptor, repository: Repository, options?: TransferOptions): Promise<Uint8Array>
  /** What is known of a version since it was published. */
  withdrawals(manifest: Digest): Promise<Withdrawals | undefined>
  /** Keeps what its registry was heard to say of it now. */
  heard(manifest: Digest, bundles: readonly Uint8Array[]): Promise<void>
  usage(): Promise<CacheUsage>
  /** Removes blobs, and gives how many. */
  prune(options?: PruneOptions): Promise<CacheUsage>
}

/** @param folder Default: the folder of the user, as the system has it. */
export function openCache(folder: string = cacheFolder()): Cache {
  const root = path.resolve(folder)
  const partials = path.join(root, 'partial')
  const blobs = openBlobFolder(root, path.join(root, 'temporary'), (reason) =>
    errors.FOLDER_UNWRITABLE({ folder: root, reason }),
  )

  async function get(digest: Digest): Promise<Uint8Array | undefined> {
    // What is no file there, or cannot be read, is as good as nothing: it is stored again, or that says why not.
    const size = await blobs.sizeOf(digest).catch(() => undefined)
    if (size === undefined || size > MAX_BYTES) return undefined
    const bytes = Buffer.allocUnsafeSlow(size)
    const hash = createHash('sha256')
    for await (const piece of blobs.read(digest, size, 0, bytes)) hash.update(piece)
    if (`sha256:${hash.digest('hex')}` !== digest) return undefined
    await touch(blobs.file(digest))
    return bytes
  }

  async function put(bytes: Uint8Array): Promise<Digest> {
    const source = blobOf(bytes)
    await writing(root, async () => {
      if (!(await blobs.isIntact(source).catch(() => false))) await blobs.store(source.digest, source.read(0))
    })
    return source.digest
  }

  async function fetch(
    blob: Descriptor,
    repository: Repository,
    options: TransferOptions = {},
  ): Promise<Uint8Array> {
    const { registry } = repository
    if (blob.size > MAX_BYTES)
      throw errors.CONTENT_TOO_LARGE({ registry, what: `the blob ${blob.digest}`, max: MAX_BYTES })
    const there = await get(blob.digest)
    if (there?.length === blob.size) {
      options.onProgress?.(blob.size, blob.size)
      return there
    }
    return await writing(root, async () => {
      await using partial = await openPartial(partials, blob.digest, blob.size)
      try {
        return await fill(partial, blob, repository, options)
      } catch (error) {
        if (!isWrong(error) && !isOfFiles(error)) throw error
        await partial.remove()
        if (!isWrong(error)) throw error
        // It may be the beginning that was damaged, here.
        if (partial.start.size === 0) throw error
      }
      await using anew = await openPartial(partials, blob.digest, 0)
      return await fill(anew, blob, repository, options).catch(async (error) => {
        if (isWrong(error)) await anew.remove()
        throw error
      })
    })
  }

  async function fill(
    partial: PartialFile,
    blob: Descriptor,
    repository: Repository,
    options: TransferOptions,
  ): Promise<Uint8Array> {
    const { start, beginning } = partial
    const bytes = Buffer.allocUnsafeSlow(blob.size)
    bytes.set(beginning)
    let at = start.size
    let written = at
    let pending = Promise.resolve()
    // What has come is written while more comes, a good part at a time.
    const write = async (least: number) => {
      if (at - written < least) return
      await pending
      const part = bytes.subarray(written, at)
      written = at
      pending = partial.append(part)
      pending.catch(() => undefined) // Whoever waits for it next is told.
    }
    try {
      for await (const piece of repository.readBlob(blob, { ...options, start })) {
        bytes.set(piece, at)
        at += piece.length
        await write(WRITE_BYTES)
      }
    } finally {
      await write(1)
      await pending
    }
    const file = blobs.file(blob.digest)
    await makeFolder(path.dirname(file))
    await partial.moveTo(file)
    return bytes
  }

  async function usage(): Promise<CacheUsage> {
    return total(await list())
  }

  async function prune({ keep = [], unusedForMs = 0 }: PruneOptions = {}): Promise<CacheUsage> {
    const kept = new Set(keep)
    const end = Date.now() - unusedForMs
    const gone = (await list()).filter(({ digest, usedMs }) => !kept.has(digest) && usedMs <= end)
    await writing(root, async () => {
      for (const { digest } of gone) await rm(blobs.file(digest), { force: true })
      await removeOldPartials(partials)
    })
    return total(gone)
  }

  async function list() {
    const names = await readdir(path.join(root, 'blobs', 'sha256')).catch(() => [])
    const digests = names.map((name) => `sha256:${name}`).filter(isDigest)
    const found = await Promise.all(
      digests.map(async (digest) => {
        const file = await stat(blobs.file(digest)).catch(() => undefined)
        return file && { digest, bytes: file.size, usedMs: file.mtimeMs }
      }),
    )
    return found.filter((one) => one !== undefined)
  }

  const heard = path.join(root, 'withdrawals')
  return {
    ...{ folder: root, get, put, fetch, usage, prune },
    withdrawals: (manifest) => readWithdrawals(heard, manifest),
    heard: (manifest, bundles) => addWithdrawals(heard, manifest, bundles),
  }
}

/** When it was last used: to the day, since each is a write. */
async function touch(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  const now = new Date()
  if (found !== undefined && now.getTime() - found.mtimeMs > DAY_MS)
    await utimes(file, now, now).catch(() => undefined)
}

function total(list: readonly { bytes: number }[]): CacheUsage {
  return { blobs: list.length, bytes: list.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function isWrong(error: unknown): boolean {
  return PluginError.is(error, 'CONTENT_DIGEST_MISMATCH') || PluginError.is(error, 'CONTENT_SIZE_MISMATCH')
}

/** A disk that is full is not made fuller by a beginning that nobody goes on with. */
function isOfFiles(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** Bytes that are written to a file at a time. */
const WRITE_BYTES = 4 << 20
const DAY_MS = 24 * 60 * 60 * 1_000
/** No blob comes near it, and what is read is held in memory. */
const MAX_BYTES = 1 << 30
