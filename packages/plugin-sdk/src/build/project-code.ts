import { SDK_DIR } from '../assets.js'
import { BuildCache } from '../cache/cache.js'
import { errors } from '../errors/index.js'
import { isInside, realOf } from './inside.js'
import { type InstalledPackage, installedPackage } from './installed.js'
import type { BuildSettings } from './settings.js'

/** Which project is built, and whether what it brings may run. */
export type ProjectTrust = Pick<BuildSettings, 'dir' | 'projectCode'>

/** True unless the build must not run anything that the project brings. */
export const trusts = ({ projectCode }: ProjectTrust) => projectCode !== false

/**
 * A package of tools: as the project would import it, or where its code must not run, as this package would.
 *
 * @throws {PROJECT_CODE_REFUSED} it lies in the project all the same
 */
export function toolOf(project: ProjectTrust, name: string): InstalledPackage | null {
  const found = installedPackage(toolFolder(project), name)
  if (found !== null) refuseTool(project, name, found.root)
  return found
}

/** The folder from which tools are found. */
export function toolFolder(project: ProjectTrust): string {
  return trusts(project) ? project.dir : SDK_DIR
}

/** @throws {PROJECT_CODE_REFUSED} */
export function refuseTool(project: ProjectTrust, name: string, path: string): void {
  if (!trusts(project) && isInside(realOf(project.dir), realOf(path)))
    throw errors.PROJECT_CODE_REFUSED({ what: `${name}, which is installed in the project itself` })
}

/** How a tool gets there. */
export function installHint(project: ProjectTrust, name: string): string {
  return trusts(project)
    ? `Run \`npm install --save-dev ${name}\` in the project.`
    : `Run \`npm install --global ${name}\`, with a wasm-plugin that is installed there too.`
}

/** A project that is not trusted could bring the cache, and in it anything for the output of a compiler. */
export function cacheOf(project: ProjectTrust): BuildCache {
  return trusts(project) ? BuildCache.of(project.dir) : new BuildCache(null)
}
