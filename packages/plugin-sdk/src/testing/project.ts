import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import { componentPath } from '../build/component-path.js'
import { errors } from '../errors/index.js'
import { readRegularText } from '../files.js'

export interface ProjectComponent {
  readonly dir: string
  readonly path: string
}

/**
 * The component of the plugin project that `from` is in.
 *
 * @throws {PROJECT_UNKNOWN} {COMPONENT_MISSING}
 */
export function findComponent(from: string): ProjectComponent {
  const dir = findProject(resolve(from))
  if (dir === null)
    throw errors.PROJECT_UNKNOWN({ dir: from, reason: `no ${MANIFEST_FILE} in it, or above it` })
  const path = componentPath(dir, readManifestFile(dir).name)
  if (!existsSync(path)) throw errors.COMPONENT_MISSING({ path })
  return { dir, path }
}

function findProject(dir: string): string | null {
  if (existsSync(join(dir, MANIFEST_FILE))) return dir
  return dirname(dir) === dir ? null : findProject(dirname(dir))
}

/**
 * As much of the manifest as tests need. The command checks all of it.
 *
 * @throws {PROJECT_UNKNOWN}
 */
export function readManifestFile(dir: string): { name: string; build: Readonly<Record<string, unknown>> } {
  let json: unknown
  try {
    json = JSON.parse(readRegularText(join(dir, MANIFEST_FILE)))
  } catch (error) {
    throw errors.PROJECT_UNKNOWN({ dir, reason: `${MANIFEST_FILE} is not JSON` }, error)
  }
  const { name, build } = isObject(json) ? json : {}
  if (typeof name !== 'string')
    throw errors.PROJECT_UNKNOWN({ dir, reason: `${MANIFEST_FILE} names no plugin` })
  return { name, build: isObject(build) ? build : {} }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
