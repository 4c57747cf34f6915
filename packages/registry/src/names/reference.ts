import { packageErrors } from '../errors/index.js'
import { type Digest, isDigest } from '../repository/index.js'
import { type PackageName, parsePackageName } from './package-name.js'
import { checkRange } from './version.js'

/** What an application or a person names a plugin by. */
export type Reference =
  | { readonly kind: 'package'; readonly name: PackageName; readonly range: string }
  | {
      readonly kind: 'oci'
      readonly registry: string
      readonly path: string
      readonly tag: string | undefined
      readonly digest: Digest | undefined
    }

/** Any released version. */
export const ANY = '*'

/**
 * Parses `acme:render`, `acme:render@^1.2`, or `oci://ghcr.io/acme/render:1.2.3@sha256:…`.
 *
 * @throws {PACKAGE_NAME_INVALID} {VERSION_INVALID} {REFERENCE_INVALID}
 */
export function parseReference(text: string): Reference {
  if (text.startsWith('oci://')) return parseOci(text)
  const at = text.indexOf('@')
  const name = parsePackageName(at === -1 ? text : text.slice(0, at))
  return { kind: 'package', name, range: at === -1 ? ANY : checkRange(text.slice(at + 1)) }
}

/** distribution-spec, "pulling manifests": a path of lower-case components, and a tag of at most 128 characters. */
const PATH = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
const HOST = /^([a-z0-9]+([.-][a-z0-9]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/i

function parseOci(text: string): Reference {
  const invalid = (reason: string) => packageErrors.REFERENCE_INVALID({ text: text.slice(0, 400), reason })
  const [located = '', digest, ...more] = text.slice('oci://'.length).split('@')
  if (more.length > 0 || (digest !== undefined && !isDigest(digest)))
    throw invalid('what follows "@" is no sha256 digest')
  const slash = located.indexOf('/')
  const registry = located.slice(0, slash)
  const rest = located.slice(slash + 1)
  if (slash === -1 || !HOST.test(registry)) throw invalid('it does not begin with the name of a registry')
  const colon = rest.indexOf(':')
  const path = colon === -1 ? rest : rest.slice(0, colon)
  const tag = colon === -1 ? undefined : rest.slice(colon + 1)
  if (path.length > 255 || !PATH.test(path)) throw invalid(`"${path}" is no path in a registry`)
  if (tag !== undefined && !TAG.test(tag)) throw invalid(`"${tag}" is no tag`)
  if (tag === undefined && digest === undefined) throw invalid('it has neither a tag nor a digest')
  return { kind: 'oci', registry: registry.toLowerCase(), path, tag, digest: digest as Digest | undefined }
}
