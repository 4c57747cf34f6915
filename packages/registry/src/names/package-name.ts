import { MAX_PACKAGE_LABEL, PACKAGE_LABEL } from '@wasm-plugin/manifest/names'
import { packageErrors } from '../errors/index.js'

/** A package of any version: `acme:render`. */
export interface PackageName {
  readonly namespace: string
  readonly name: string
}

const LABEL = new RegExp(`^${PACKAGE_LABEL}$`)

/**
 * Parses `namespace:name`.
 *
 * @throws {PACKAGE_NAME_INVALID}
 */
export function parsePackageName(text: string): PackageName {
  const [namespace, name, ...more] = text.split(':')
  const invalid = (reason: string) => packageErrors.PACKAGE_NAME_INVALID({ text: text.slice(0, 200), reason })
  if (namespace === undefined || name === undefined || more.length > 0)
    throw invalid('it has not the form namespace:name')
  for (const label of [namespace, name]) {
    if (label.length > MAX_PACKAGE_LABEL)
      throw invalid(`a part of it is longer than ${MAX_PACKAGE_LABEL} characters`)
    if (!LABEL.test(label))
      throw invalid('its parts are words in small letters, joined by "-", each beginning with a letter')
  }
  return { namespace, name }
}

export function printPackageName({ namespace, name }: PackageName): string {
  return `${namespace}:${name}`
}
