import { ComponentError } from '@wasm-plugin/runtime/errors'

/** `wasi:filesystem/types#error-code`, as far as we answer with it. */
export type ErrorCode =
  | 'access'
  | 'bad-descriptor'
  | 'busy'
  | 'cross-device'
  | 'exist'
  | 'file-too-large'
  | 'illegal-byte-sequence'
  | 'insufficient-memory'
  | 'insufficient-space'
  | 'interrupted'
  | 'invalid'
  | 'invalid-seek'
  | 'io'
  | 'is-directory'
  | 'loop'
  | 'name-too-long'
  | 'no-device'
  | 'no-entry'
  | 'no-such-device'
  | 'not-directory'
  | 'not-empty'
  | 'not-permitted'
  | 'overflow'
  | 'pipe'
  | 'quota'
  | 'read-only'
  | 'text-file-busy'
  | 'too-many-links'
  | 'unsupported'
  | 'would-block'

const FROM_ERRNO = new Map<string, ErrorCode>([
  ['EACCES', 'access'],
  ['EAGAIN', 'would-block'],
  ['EBADF', 'bad-descriptor'],
  ['EBUSY', 'busy'],
  ['EDQUOT', 'quota'],
  ['EEXIST', 'exist'],
  ['EFBIG', 'file-too-large'],
  ['EILSEQ', 'illegal-byte-sequence'],
  ['EINTR', 'interrupted'],
  ['EINVAL', 'invalid'],
  ['EIO', 'io'],
  ['EISDIR', 'is-directory'],
  ['ELOOP', 'loop'],
  ['EMFILE', 'insufficient-memory'],
  ['EMLINK', 'too-many-links'],
  ['ENAMETOOLONG', 'name-too-long'],
  ['ENFILE', 'insufficient-memory'],
  ['ENODEV', 'no-device'],
  ['ENOENT', 'no-entry'],
  ['ENOMEM', 'insufficient-memory'],
  ['ENOSPC', 'insufficient-space'],
  ['ENOTDIR', 'not-directory'],
  ['ENOTEMPTY', 'not-empty'],
  ['ENOTSUP', 'unsupported'],
  ['ENXIO', 'no-such-device'],
  ['EOVERFLOW', 'overflow'],
  ['EPERM', 'not-permitted'],
  ['EPIPE', 'pipe'],
  ['EROFS', 'read-only'],
  ['ESPIPE', 'invalid-seek'],
  ['ETXTBSY', 'text-file-busy'],
  ['EXDEV', 'cross-device'],
])

/** The `err` case of a filesystem function. Nothing of the host, no path and no message, goes with it. */
export function fsError(code: ErrorCode, reason?: string): ComponentError<ErrorCode> {
  return new ComponentError(code, reason === undefined ? code : `${code}: ${reason}`)
}

/** Runs one step on the host's file system; what it throws becomes the error code of the interface. */
export function attempt<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    const code = errnoOf(error)
    if (code === undefined) throw error
    throw fsError(FROM_ERRNO.get(code) ?? 'io')
  }
}

/** The code that `fsError` was made with; `undefined` for every other error. */
export function codeOf(error: unknown): ErrorCode | undefined {
  return ComponentError.is(error) && typeof error.payload === 'string'
    ? (error.payload as ErrorCode)
    : undefined
}

/** `ENOENT` and the like; `undefined` for anything that is not an answer of the operating system. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'errno' in error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
