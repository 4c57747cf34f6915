import path from 'node:path'
import { transportErrors as errors } from '../errors/index.js'
import { checkRegistry } from '../oci/index.js'
import { checkPath } from '../repository/index.js'

/** Where the packages of a namespace are: a folder of layouts, or a registry. */
export type Target =
  | { readonly folder: string }
  | {
      readonly registry: string
      /** What the path of each repository begins with, and a `/`. With it, the registry is not asked for its own. */
      readonly prefix?: string | undefined
    }

/**
 * `dir:./plugins`, `./plugins`, `ghcr.io`, `ghcr.io/acme`.
 *
 * @param base The folder from which a relative one is meant.
 * @throws {REGISTRY_NAME_INVALID}
 */
export function parseTarget(text: string, base: string): Target {
  if (text.startsWith(DIR)) return { folder: path.resolve(base, checkFolder(text, text.slice(DIR.length))) }
  if (/^\.{0,2}[\\/]|^\.{1,2}$|^[A-Za-z]:[\\/]/.test(text))
    return { folder: path.resolve(base, checkFolder(text, text)) }
  // An address is none, and says so as a whole.
  if (text.includes('://')) return { registry: checkRegistry(text) }
  const slash = text.indexOf('/')
  if (slash < 0) return { registry: checkRegistry(text) }
  return { registry: checkRegistry(text.slice(0, slash)), prefix: `${checkPath(text.slice(slash + 1))}/` }
}

function checkFolder(text: string, folder: string): string {
  if (folder === '' || folder.includes('\0'))
    throw errors.REGISTRY_NAME_INVALID({ what: 'name of a folder', text })
  return folder
}

const DIR = 'dir:'
