import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

/** The content of a file that belongs to this user, and that nobody else can write to; undefined for any other. */
export function readOwn(file: string, maxBytes: number): Buffer | undefined {
  try {
    // A link leads to a file of somebody else's choice, and a pipe would be waited for.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const descriptor = openSync(file, flags)
    try {
      const stats = fstatSync(descriptor)
      return isOwn(stats) && stats.size <= maxBytes ? readFileSync(descriptor) : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

function isOwn(stats: Stats): boolean {
  if (!stats.isFile()) return false
  // Windows has neither; there the folders are in the profile of the user.
  if (process.getuid === undefined) return true
  return stats.uid === process.getuid() && (stats.mode & 0o022) === 0
}

/** Writes a file that is whole or not there, readable by this user alone. One that is there stays if `isFirst` is asked for. */
export function writeOwn(file: string, content: Uint8Array, { isFirst = false } = {}): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}`
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 })
    if (isFirst) linkSync(temporary, file)
    else renameSync(temporary, file)
  } finally {
    rmSync(temporary, { force: true })
  }
}
