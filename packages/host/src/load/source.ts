import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors as runtimeErrors } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'

/** A path, a `file:` URL, or the bytes themselves. */
export type PluginSource = string | URL | Uint8Array

export interface LoadedSource {
  /** Private to the host: a caller's later write to its own buffer changes nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `sha256:` and 64 hex digits, of exactly these bytes. */
  readonly digest: string
  /** Name to fall back on. */
  readonly label: string
}

/** @throws {FILE_NOT_FOUND} {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} {INTEGRITY_MISMATCH} */
export async function readSource(
  source: PluginSource,
  maxBytes: number,
  integrity: string | undefined,
): Promise<LoadedSource> {
  const { bytes, label } = await read(source, maxBytes)
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  if (integrity !== undefined && integrity !== digest)
    throw errors.INTEGRITY_MISMATCH({ expected: integrity, found: digest })
  return { bytes, digest, label }
}

async function read(source: PluginSource, maxBytes: number) {
  if (source instanceof Uint8Array) {
    checkSize(source.byteLength, maxBytes)
    return { bytes: new Uint8Array(source), label: 'plugin' }
  }
  const path = toPath(source)
  try {
    checkSize((await stat(path)).size, maxBytes)
    const bytes = new Uint8Array(await readFile(path))
    checkSize(bytes.byteLength, maxBytes)
    return { bytes, label: basename(path).replace(/(\.component)?\.wasm$/, '') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw errors.FILE_NOT_FOUND({ path }, error)
    if (error instanceof Error && 'syscall' in error)
      throw errors.SOURCE_UNREADABLE({ source: path, reason: error.message }, error)
    throw error
  }
}

function toPath(source: string | URL): string {
  if (typeof source === 'string' && !source.startsWith('file:')) return source
  try {
    return fileURLToPath(source)
  } catch (error) {
    throw errors.SOURCE_UNREADABLE({ source: String(source), reason: 'only file: URLs can be loaded' }, error)
  }
}

function checkSize(value: number, max: number): void {
  if (value > max) throw runtimeErrors.LIMIT_EXCEEDED({ limit: 'componentBytes', value, max })
}
