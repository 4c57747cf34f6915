import type { PackageName, Reference } from '../names/index.js'
import type { Repository } from '../repository/index.js'

/** How names become repositories: the configuration says which registry a namespace is in. */
export interface Places {
  /** @throws for a namespace that nothing maps to a registry */
  ofPackage(name: PackageName, options?: { signal?: AbortSignal | undefined }): Promise<Repository>
  /** Where else a package of WIT may be that is not there. */
  otherwise(
    name: PackageName,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Repository | undefined>
  /** A registry as lock files name it, and a path there. */
  at(registry: string, path: string): Promise<Repository>
}

/** The repository that a reference is about, wherever it is mapped to now. */
export async function repositoryOf(
  places: Places,
  reference: Reference,
  signal?: AbortSignal,
): Promise<Repository> {
  return reference.kind === 'package'
    ? await places.ofPackage(reference.name, { signal })
    : await places.at(reference.registry, reference.path)
}
