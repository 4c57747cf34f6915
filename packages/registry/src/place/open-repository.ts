import { type Located, ociOptionsFor, type RegistryConfig } from '../config/index.js'
import { openLayout } from '../layout/index.js'
import { openOci } from '../oci/index.js'
import type { Repository } from '../repository/index.js'

/** Where a package is: a repository of a registry, or a layout in a folder. */
export type Place = Located

/** Opens what `locate` has found. Nothing is asked or read yet. @throws {REGISTRY_NAME_INVALID} */
export async function openRepository(
  place: Place,
  { config }: { readonly config: RegistryConfig },
): Promise<Repository> {
  return 'folder' in place ? openLayout(place) : openOci(place, ociOptionsFor(place.registry, config))
}
