import { type DecodeContext, quote } from './context.js'

/** An import or export name, taken apart (Explainer.md, "Import and Export Definitions"). */
export type ExternName =
  | { readonly kind: 'label' }
  | { readonly kind: 'constructor'; readonly resource: string }
  | { readonly kind: 'method' | 'static'; readonly resource: string; readonly member: string }
  | { readonly kind: 'interface'; readonly version: string | null }
  /** `unlocked-dep=`, `locked-dep=`, `url=` and `integrity=`: names of implementations, to be fetched by someone. */
  | { readonly kind: 'dependency' }

/** Reads the grammar of `name`. @throws {INVALID_COMPONENT} */
export function parseExternName(context: DecodeContext, name: string): ExternName {
  const annotated = /^\[(constructor|method|static)\](.*)$/s.exec(name)
  if (annotated !== null) return parseAnnotated(context, name, annotated[2]!)
  if (isDependencyName(name)) return { kind: 'dependency' }
  if (name.includes(':')) {
    const [path, version] = splitAt(name, '@')
    if (INTERFACE.test(path)) return { kind: 'interface', version }
    if (NESTED_INTERFACE.test(path)) throw context.unsupported(`the nested interface name ${quote(name)}`)
  } else if (isLabel(name)) {
    return { kind: 'label' }
  }
  throw context.invalid(`${quote(name)} is not a valid import or export name`)
}

/** The labels of one scope, which must differ even when case and annotations are ignored. */
export class UniqueNames {
  readonly #seen = new Set<string>()

  /** @throws {INVALID_COMPONENT} */
  add(context: DecodeContext, name: string): void {
    const key = uniqueKey(name)
    if (this.#seen.has(key)) throw context.invalid(`the name ${quote(name)} conflicts with an earlier one`)
    this.#seen.add(key)
  }
}

/** @throws {INVALID_COMPONENT} */
export function checkLabel(context: DecodeContext, name: string): void {
  if (!isLabel(name)) throw context.invalid(`${quote(name)} is not in kebab case`)
}

export function isLabel(name: string): boolean {
  return LABEL.test(name)
}

/** @see https://semver.org */
export function isSemver(version: string): boolean {
  return SEMVER.test(version)
}

/** A version cut to what decides compatibility: `1`, `0.2`, `0.0.3`. */
export function isCanonicalVersion(version: string): boolean {
  return /^(?:[1-9]\d*|0\.[1-9]\d*|0\.0\.(?:0|[1-9]\d*))$/.test(version)
}

function parseAnnotated(context: DecodeContext, name: string, rest: string): ExternName {
  if (name.startsWith('[constructor]')) {
    checkLabel(context, rest)
    return { kind: 'constructor', resource: rest }
  }
  const [resource, member] = splitAt(rest, '.')
  checkLabel(context, resource)
  if (member === null) throw context.invalid(`${quote(name)} has no member after the resource`)
  checkLabel(context, member)
  return { kind: name.startsWith('[method]') ? 'method' : 'static', resource, member }
}

function uniqueKey(name: string): string {
  const lower = name.toLowerCase()
  const member = /^\[(?:method|static)\](.*)$/s.exec(lower)
  if (member === null) return lower
  const [resource, method] = splitAt(member[1]!, '.')
  return resource === method ? resource : member[1]!
}

// Each alternative starts with another character, so that matching never backtracks: names are up to 4 KiB of the
// plugin's choice.
const WORD = '[a-z][0-9a-z]*'
const FRAGMENT = '(?:[0-9]+(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)?|[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)'
const LABEL_SOURCE = `(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-${FRAGMENT})*`
const WORDS_SOURCE = `${WORD}(?:-[0-9a-z]+)*`
const NUMBER = '(?:0|[1-9][0-9]*)'
const PRE_RELEASE = '(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)'
const SEMVER_SOURCE =
  `${NUMBER}\\.${NUMBER}\\.${NUMBER}` +
  `(?:-${PRE_RELEASE}(?:\\.${PRE_RELEASE})*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`
const BASE64 = '[0-9a-zA-Z+/]+={0,2}'
const HASH = `\\s*sha(?:256|384|512)-${BASE64}(?:\\?[^\\s>]*)?(?:\\s+sha(?:256|384|512)-${BASE64}(?:\\?[^\\s>]*)?)*\\s*`
const INTEGRITY = `integrity=<${HASH}>`
const PACKAGE = `${WORDS_SOURCE}(?::${WORDS_SOURCE})+(?:/${LABEL_SOURCE})*`
const LOWER = `>=${SEMVER_SOURCE}`
const UPPER = `<${SEMVER_SOURCE}`

const LABEL = new RegExp(`^${LABEL_SOURCE}$`)
const INTERFACE = new RegExp(`^${WORDS_SOURCE}:${WORDS_SOURCE}/${LABEL_SOURCE}$`)
const NESTED_INTERFACE = new RegExp(`^${WORDS_SOURCE}(?::${WORDS_SOURCE})+(?:/${LABEL_SOURCE})+$`)
const SEMVER = new RegExp(`^${SEMVER_SOURCE}$`)
const DEPENDENCIES = [
  new RegExp(`^unlocked-dep=<${PACKAGE}(?:@(?:\\*|\\{(?:${LOWER}(?: ${UPPER})?|${UPPER})\\}))?>$`),
  new RegExp(`^locked-dep=<${PACKAGE}(?:@${SEMVER_SOURCE})?>(?:,${INTEGRITY})?$`),
  new RegExp(`^url=<[^<>]*>(?:,${INTEGRITY})?$`),
  new RegExp(`^${INTEGRITY}$`),
]

function isDependencyName(name: string): boolean {
  return DEPENDENCIES.some((pattern) => pattern.test(name))
}

function splitAt(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
}
