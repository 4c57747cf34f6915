/** Deeper than any server decodes on purpose. */
const MAX_DECODINGS = 4
/** Letters, digits and marks that an escape never changes the meaning of (RFC 3986, section 2.3). */
const UNRESERVED = /[A-Za-z0-9._~-]/
/** A path of `.` and `..`, with a parameter or with dots and spaces that a server drops. */
const DOTS = /^\s*\.[.\s]*([;:].*)?$/su

/**
 * The one spelling of a path that rules, reports and the wire share: as the URL standard parses it, without escapes
 * that stand for unreserved characters, with upper-case digits in those that stay, and `%25` for a stray `%`.
 */
export function canonicalPath(path: string): string {
  return new URL(`http://host${path}`).pathname.replace(/%([0-9a-fA-F]{2})?/g, (written, hex?: string) => {
    if (hex === undefined) return '%25'
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return UNRESERVED.test(character) ? character : written.toUpperCase()
  })
}

/**
 * True when a server that decodes a canonical path could see other segments than we do: `..%2Fadmin`, `%252E%252E`,
 * `a%5Cb`, `..;x`, an overlong `%C0%AE`. Such a path never matches a rule that allows a path.
 */
export function isAmbiguousPath(path: string): boolean {
  return path.split('/').some((segment) => {
    const decoded = decodeSegment(segment)
    return decoded === null || /[/\\]/.test(decoded)
  })
}

/**
 * Everything that servers may understand a canonical path as, folded: decoded to the end, without the difference
 * of upper and lower case, without empty segments; with and without path parameters, whole and cut at an encoded `?` or
 * `#`, and without what follows `//` at the beginning, which is a host to those who resolve it as a reference. `null` when
 * it could be anything.
 */
export function readingsOf(path: string): ReadonlySet<string> | null {
  const decoded: string[] = []
  for (const segment of path.split('/')) {
    const text = decodeSegment(segment)
    // Where such a parameter ends depends on what is decoded first.
    if (text === null || (text.includes(';') && /[/\\]/.test(text))) return null
    decoded.push(text)
  }
  const whole = decoded.join('/')
  const starts = /^\/[/\\]/.test(whole) ? [whole, whole.replace(/^[/\\]+[^/\\]*/, '')] : [whole]
  const ends = starts.flatMap((text) => [text, text.replace(/[?#].*$/s, '')])
  return new Set(ends.flatMap((text) => [text, text.replace(/;[^/\\]*/g, '')]).map(fold))
}

/** A path as a rule names it, to be compared with readings. */
export function foldPath(path: string): string {
  return fold(path.split('/').map(decodeSegment).join('/'))
}

/** Decoded until nothing changes; `null` where the result depends on who decodes. */
function decodeSegment(segment: string): string | null {
  let text = segment
  for (let round = 0; round <= MAX_DECODINGS; round++) {
    if (/\p{Cc}|%u[0-9a-fA-F]{4}/u.test(text)) return null
    if (text.split(/[/\\]/).some((part) => DOTS.test(part))) return null
    const decoded = decodeOnce(text)
    if (decoded === null || decoded === text) return decoded
    text = decoded
  }
  return null
}

function decodeOnce(text: string): string | null {
  let isOverlong = false
  const decoded = text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = Uint8Array.from(escapes.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))
    const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    isOverlong ||= /[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/.test(latin1)
    return utf8Of(bytes) ?? latin1
  })
  // A full-width letter is the letter to some file systems, and a soft hyphen is nothing.
  return isOverlong ? null : decoded.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFKC')
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Keeps a slash at the end, which a rule for what lies below a path needs. */
function fold(text: string): string {
  const segments = text.split(/[/\\]/).map(nameOf)
  const isFolder = segments.length > 1 && segments.at(-1) === ''
  const path = segments.filter((segment) => segment !== '').map((segment) => `/${segment}`)
  return `${path.join('')}${isFolder ? '/' : ''}`.toUpperCase().toLowerCase().normalize('NFKC')
}

/** Windows drops the dots and spaces at the end of a name, and the stream of NTFS after it: `a::$DATA`. */
function nameOf(segment: string): string {
  const stream = segment.indexOf(':')
  let end = stream !== -1 && segment.includes('$', stream) ? stream : segment.length
  while (end > 0 && /[.\s]/.test(segment.charAt(end - 1))) end--
  return segment.slice(0, end)
}
