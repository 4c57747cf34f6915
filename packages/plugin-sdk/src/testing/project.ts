import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { componentPath } from '../build/component-path.js'
import { errors } from '../errors/index.js'

/**
 * The component of the plugin project that `from` is in.
 *
 * @throws {PROJECT_UNKNOWN} {COMPONENT_MISSING}
 */
export function findComponent(from: string): string {
  const dir = findProject(resolve(from))
  if (dir === null) throw errors.PROJECT_UNKNOWN({ dir: from, reason: `no ${MANIFEST} in it, or above it` })
  const path = componentPath(dir, nameOf(join(dir, MANIFEST)))
  if (!existsSync(path)) throw errors.COMPONENT_MISSING({ path })
  return path
}

const MANIFEST = 'wasm-plugin.json'

function findProject(dir: string): string | null {
  if (existsSync(join(dir, MANIFEST))) return dir
  return dirname(dir) === dir ? null : findProject(dirname(dir))
}

function nameOf(manifest: string): string {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(manifest, 'utf8'))
  } catch (error) {
    throw errors.PROJECT_UNKNOWN({ dir: dirname(manifest), reason: `${MANIFEST} is not JSON` }, error)
  }
  if (typeof json === 'object' && json !== null && 'name' in json && typeof json.name === 'string')
    return json.name
  throw errors.PROJECT_UNKNOWN({ dir: dirname(manifest), reason: `${MANIFEST} names no plugin` })
}
