/** The file of a project that has its manifest. */
export const MANIFEST_FILE = 'wasm-plugin.json'

/** The custom section of a component that has it. */
export const MANIFEST_SECTION = 'wasm-plugin:manifest'

/**
 * Source of an expression for a namespace or a name of a package: words of the Component Model's kebab-case, in lower
 * case, as other tools for packages of components take them.
 */
export const PACKAGE_LABEL = '[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*'

/** In characters. */
export const MAX_PACKAGE_LABEL = 64

/** `acme:site/render@0.1.0` to `acme:site/render`. */
export function withoutVersion(name: string): string {
  const at = name.indexOf('@')
  return at === -1 ? name : name.slice(0, at)
}

/**
 * The offered name that serves `wanted`: the exact one, else one of a compatible version, else one without a version.
 * Compatible means the same major version, or the same minor version below 1.0, as WIT packages promise it.
 */
export function matchName(wanted: string, offered: Iterable<string>): string | undefined {
  const base = withoutVersion(wanted)
  let compatible: string | undefined
  let unversioned: string | undefined
  for (const name of offered) {
    if (name === wanted) return name
    if (withoutVersion(name) !== base) continue
    if (name === base || wanted === base) unversioned ??= name
    else if (track(name) === track(wanted)) compatible ??= name
  }
  return compatible ?? unversioned
}

/** The part of a version that must be equal: `1`, `0.2`, or all of a `0.0.x` or pre-release version. */
function track(name: string): string {
  const version = name.slice(name.indexOf('@') + 1)
  const [, major, minor, rest] = /^(\d+)\.(\d+)\.(.*)$/.exec(version) ?? [null, version, '', '']
  if (rest?.includes('-')) return version
  if (major !== '0') return major ?? version
  return minor === '0' ? version : `0.${minor}`
}
