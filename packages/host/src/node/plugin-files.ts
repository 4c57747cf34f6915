import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkSize, collect, errors, inTurns, type SourcePort } from '@wasm-plugin/embed'
import { watch } from './watch-path.js'

/** Plugins in files of this machine, by a path or a `file:` URL. */
export const pluginFiles: SourcePort = {
  fileName: (source) => basename(toPath(source)),
  readFile: (source, maxBytes) => readFile(toPath(source), maxBytes),
  watch: (source, onChange) => watch(toPath(source), onChange),
  sha256: (bytes) => inTurns(sha256Of(bytes)),
}

/** What looks like a URL: two letters at least, since `C:\plugin.wasm` is a path. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i

function toPath(source: string | URL): string {
  const text = String(source)
  if (typeof source === 'string' && !SCHEME.test(text)) return source
  const scheme = text.slice(0, text.indexOf(':') + 1)
  if (scheme.toLowerCase() !== 'file:')
    throw errors.SOURCE_UNREADABLE({ source: text, reason: `nothing here reads ${scheme}` })
  try {
    return fileURLToPath(source)
  } catch (error) {
    throw errors.SOURCE_UNREADABLE({ source: text, reason: (error as Error).message }, error)
  }
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Without waiting: a FIFO would hold the load, and a thread of libuv, until somebody writes.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await file.stat()
      if (!stat.isFile()) throw errors.SOURCE_UNREADABLE({ source: path, reason: 'it is no regular file' })
      const { size } = stat
      checkSize(size, maxBytes)
      // What a growing file gives is not bounded by its size.
      return await collect(chunksOf(file, size), { maxBytes, expected: size })
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw errors.FILE_NOT_FOUND({ path }, error)
    // A NUL character is refused before the system is asked.
    if (error instanceof Error && ('syscall' in error || code === 'ERR_INVALID_ARG_VALUE'))
      throw errors.SOURCE_UNREADABLE({ source: path, reason: error.message }, error)
    throw error
  }
}

/** What most plugins are takes one step then; the streams of Node take 64 KiB at a time. */
async function* chunksOf(file: FileHandle, expected: number): AsyncGenerator<Uint8Array> {
  let length = Math.min(expected, CHUNK)
  for (;;) {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length || CHUNK))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    length = CHUNK
  }
}

/** Bytes that are read in one step. */
const CHUNK = 1 << 20

function* sha256Of(bytes: Uint8Array): Generator<void, string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += CHUNK) {
    hash.update(bytes.subarray(at, at + CHUNK))
    yield
  }
  return hash.digest('hex')
}
