import { openLayout } from '../layout/index.js'
import { type OciOptions, openOci } from '../oci/index.js'
import type { Repository } from '../repository/index.js'

/** Where a package is: a repository of a registry, or a layout in a folder. */
export type Place =
  | { readonly registry: string; readonly path: string }
  | { readonly folder: string; readonly path: string }

/** @throws {REGISTRY_NAME_INVALID} */
export async function openRepository(place: Place, options: OciOptions = {}): Promise<Repository> {
  return 'folder' in place ? openLayout(place) : openOci(place, options)
}
