import { parse, satisfies, validRange } from 'semver'
import { packageErrors } from '../errors/index.js'

/**
 * A version as a tag of a registry can be it: an exact semantic version without build metadata, for which tags have no
 * character.
 *
 * @throws {VERSION_INVALID}
 */
export function checkVersion(text: string): string {
  if (isVersion(text)) return text
  const reason = text.includes('+')
    ? 'a version with build metadata cannot be a tag'
    : 'it is no semantic version'
  throw packageErrors.VERSION_INVALID({ text: text.slice(0, 200), reason })
}

/** Whether a tag is a version; registries have other tags too. */
export function isVersion(text: string): boolean {
  // `parse` forgives a "v" and blanks around it; a tag that is not spelt as it will be asked for is not that version.
  return text.length <= 128 && parse(text)?.version === text && !text.includes('+')
}

/** @throws {VERSION_INVALID} */
export function checkRange(text: string): string {
  if (text.length <= 128 && text !== '' && validRange(text) !== null) return text
  throw packageErrors.VERSION_INVALID({
    text: text.slice(0, 200),
    reason: 'it is no range of semantic versions',
  })
}

/** A pre-release satisfies only a range that names a pre-release of the same version, as with npm and cargo. */
export function isWithin(version: string, range: string): boolean {
  return satisfies(version, range)
}

export { compare as compareVersions } from 'semver'
