import { encodeUtf8, isLonger } from '../utf8.js'
import { fsError } from './errno.js'

/** Bytes of one path and of one name, as on Linux; checked here so that every platform answers alike. */
export const MAX_PATH = 4_096
export const MAX_NAME = 255

export interface GuestPath {
  /** Names, `.` and `..`, in order; never empty strings. */
  readonly segments: readonly string[]
  /** The path ends in `/`, so it means a directory. */
  readonly trailingSlash: boolean
}

/** What names mean besides what they say. */
interface Names {
  readonly isWindows: boolean
}

/** One name of ASCII that means nothing else, as most paths are. */
const SIMPLE = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Splits a path that a plugin gave. It is relative to a descriptor by definition, so an absolute one is not permitted.
 * What a name means is left to the walk; here only names that could mean something else to the host are refused.
 */
export function parsePath(path: string, { isWindows }: Names): GuestPath {
  if (!isWindows && path.length <= MAX_NAME && SIMPLE.test(path))
    return { segments: [path], trailingSlash: false }
  if (path === '') throw fsError('no-entry')
  if (path.includes('\0')) throw fsError('invalid')
  if (path.startsWith('/')) throw fsError('not-permitted')
  if (isLonger(path, MAX_PATH)) throw fsError('name-too-long')
  const segments = path.split('/').filter((segment) => segment !== '')
  for (const segment of segments) {
    if (isLonger(segment, MAX_NAME)) throw fsError('name-too-long')
    if (isWindows && isUnsafeOnWindows(segment)) throw fsError('invalid')
  }
  return { segments, trailingSlash: path.endsWith('/') }
}

/**
 * A symbolic link that a plugin makes may not point out of its grant, because other programs of the host follow it
 * too. `..` is fine as the first segments of the target as long as it stays at or below the root of the grant;
 * `depth` is how many directories the link lies below it at the moment.
 */
export function checkLinkTarget(target: string, depth: number, names: Names): void {
  const { segments } = parsePath(target, names)
  const ups = segments.findIndex((segment) => segment !== '..')
  const leading = ups === -1 ? segments.length : ups
  if (leading > depth || segments.slice(leading).includes('..')) throw fsError('not-permitted')
}

/** Other separators, drives and streams (`a:b`), devices (`CON`, `nul.txt`), and endings that Windows drops. */
function isUnsafeOnWindows(segment: string): boolean {
  if (segment === '.' || segment === '..') return false
  if (/[\\:*?"<>|]|\p{Cc}|[. ]$/u.test(segment)) return true
  return /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i.test(segment.trimEnd())
}

/** Names with `/` between them, each as a plugin could write it itself. */
export function isMemoryPath(path: string): boolean {
  if (isLonger(path, MAX_PATH) || path.includes('\0') || decoder.decode(encodeUtf8(path)) !== path)
    return false
  return path
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..' && !isLonger(name, MAX_NAME))
}
