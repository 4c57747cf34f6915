/**
 * Compares how a request is read before it is checked with the test data of the WHATWG URL standard
 * (web-platform-tests, url/resources/urltestdata.json). Not part of `npm test`: the data is not in this repository.
 *
 *   node packages/wasi/test/suites/urltestdata.mjs <urltestdata.json>
 *
 * What the standard refuses must be refused; what is accepted must have the host, port and path of the standard, with one
 * spelling of escapes.
 */
import { readFileSync } from 'node:fs'
import { parseWebTarget } from '@wasm-plugin/wasi'

const counts = { same: 0, refused: 0, 'refused, as the standard does': 0, wrong: 0 }
for (const entry of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  for (const request of requests(entry)) {
    const parsed = parseWebTarget(request)
    const outcome = compare(parsed, entry, request)
    counts[outcome]++
    if (outcome === 'wrong') console.error(entry, request, parsed)
  }
}
console.log(counts)
process.exitCode = counts.wrong > 0 || counts.same === 0 ? 1 : 0

/** The request that a plugin would make of a URL, split at the first marks as a careless client would. */
function* requests({ input, base, failure, protocol, host, pathname, search }) {
  const parts = typeof input === 'string' && /^(https?):\/\/([^/?#]*)(.*)$/is.exec(input)
  if (parts && base === null) {
    const [, scheme, authority, rest] = parts
    const path = rest.startsWith('/') ? rest : `/${rest}`
    yield { method: 'GET', scheme: scheme.toLowerCase(), authority, pathWithQuery: path, exact: true }
  }
  // And what the standard made of it, which must come through as it is.
  if (!failure && (protocol === 'http:' || protocol === 'https:'))
    yield { method: 'GET', scheme: protocol.slice(0, -1), authority: host, pathWithQuery: pathname + search }
}

function compare(parsed, { failure, href }, request) {
  if (typeof parsed === 'string') return failure ? 'refused, as the standard does' : 'refused'
  if (failure) return 'wrong'
  const url = new URL(
    request.exact ? href : `${request.scheme}://${request.authority}${request.pathWithQuery}`,
  )
  const { target, wirePath } = parsed
  const same =
    target.host === url.hostname.replace(/\.$/, '') &&
    target.port === Number(url.port || (target.scheme === 'http' ? 80 : 443)) &&
    wirePath === normalised(url.pathname) + url.search
  return same ? 'same' : 'wrong'
}

/** RFC 3986, section 6.2.2: one spelling of every escape. */
function normalised(path) {
  return path.replace(/%([0-9a-f]{2})?/gi, (written, hex) => {
    if (hex === undefined) return '%25'
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return /[\w.~-]/.test(character) ? character : written.toUpperCase()
  })
}
