/** Characters that never are part of a host, but that a lenient URL parser would cut at or drop. */
const FORBIDDEN = /[\s/?#@\\%<>^|]|\p{Cc}/u

/**
 * A host as the WHATWG URL standard normalises it: lower case, IDN as punycode, every spelling of an IPv4 address
 * (`127.1`, `0x7f.1`, full-width digits) as dotted decimal, IPv6 in brackets, no trailing dot. `null` if it is no host.
 */
export function canonicalHost(text: string): string | null {
  if (text === '' || text.length > 255 || FORBIDDEN.test(text)) return null
  if (!text.startsWith('[') && text.includes(':')) return null
  const url = URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`) : null
  if (url === null || url.port !== '' || url.username !== '' || url.hostname === '') return null
  // Looked for before the trailing dot goes, since `a..` would turn into `a.`, another spelling of `a`.
  if (url.hostname.includes('..')) return null
  const host = url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname
  return host === '' || host.startsWith('.') || host.includes('*') ? null : host
}
