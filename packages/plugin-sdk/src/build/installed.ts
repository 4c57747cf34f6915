import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readRegularText } from '../files.js'

/** A package that a project has installed. */
export interface InstalledPackage {
  /** Its folder, links followed. */
  readonly root: string
  readonly version: string
}

/** The package as `dir` would import it: of its own `node_modules`, or of a folder above. Null when there is none. */
export function installedPackage(dir: string, name: string): InstalledPackage | null {
  const manifest = findUp(dir, join('node_modules', name, 'package.json'))
  if (manifest === null) return null
  const { version } = JSON.parse(readRegularText(manifest)) as { version?: string }
  return { root: dirname(realpathSync(manifest)), version: version ?? '0.0.0' }
}

/** The nearest file of that name in `dir` or a folder above it, as packages are found. */
export function findUp(dir: string, name: string): string | null {
  const path = join(dir, name)
  if (existsSync(path)) return path
  return dirname(dir) === dir ? null : findUp(dirname(dir), name)
}
