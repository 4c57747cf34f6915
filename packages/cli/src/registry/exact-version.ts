import { usageErrors } from '../errors/index.js'

/**
 * `acme:render@1.2.3` in its two parts: what is written belongs to one version, and not to a range.
 *
 * @throws {INVALID_ARGUMENT}
 */
export function exactVersion(text: string): { name: string; version: string } {
  const [name = '', version = '', ...more] = text.split('@')
  if (name !== '' && /^\d/.test(version) && more.length === 0) return { name, version }
  throw usageErrors.INVALID_ARGUMENT({
    ...{ name: 'version', value: text, expected: 'a package with its exact version, acme:render@1.2.3' },
  })
}
