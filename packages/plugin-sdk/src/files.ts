import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes of one file that is read whole: those of a component, as the host has them. */
const MAX_BYTES = 64 << 20

/**
 * Reads a file of a folder that somebody may have sent: a regular file of bounded size, since a FIFO would be waited for,
 * and a device has no end. Fails as `node:fs` does, with the codes `EFTYPE` and `EFBIG` for the two.
 */
export function readRegularFile(path: string | URL): Uint8Array<ArrayBuffer> {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw failure('EFTYPE', 'it is no regular file')
    if (stat.size > MAX_BYTES) throw failure('EFBIG', `it has more than ${MAX_BYTES} bytes`)
    return readBytes(fd, stat.size)
  } finally {
    closeSync(fd)
  }
}

/** The same as text. */
export function readRegularText(path: string | URL): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readRegularFile(path))
}

/** No more than it had when it was opened. */
function readBytes(fd: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let length = 0
  while (length < size) {
    const read = readSync(fd, bytes, length, size - length, length)
    if (read === 0) return bytes.slice(0, length)
    length += read
  }
  return bytes
}

function failure(code: string, reason: string): Error {
  return Object.assign(new Error(reason), { code })
}
