import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Manifest } from '@wasm-plugin/manifest'
import { showText } from '@wasm-plugin/runtime/text'
import { componentPath, staleSource } from '@wasm-plugin/sdk'
import { type PluginFile, readPlugin } from '../component/read.js'
import { failures } from '../errors/index.js'
import { relativeTo } from '../output/paths.js'
import { readProject } from '../project/project.js'

/**
 * The component that the project in a folder was built to. One that was built before its manifest or its sources became
 * what they are would be published as what it was, and a version never changes.
 *
 * @throws {NO_PROJECT} {PLUGIN_NOT_BUILT}
 */
export async function readBuiltPlugin(cwd: string): Promise<PluginFile> {
  const { manifest, build } = await readProject(cwd)
  const where = componentPath(cwd, manifest.name)
  const file = relativeTo(cwd, where)
  const plugin = await readPlugin({ file, path: where }).catch((error) => {
    if (error?.code !== 'PATH_NOT_FOUND') throw error
    throw failures.PLUGIN_NOT_BUILT({ file, reason: 'it is not there' }, error)
  })
  const changed = changeOf(plugin.manifest, manifest)
  if (changed !== undefined) throw failures.PLUGIN_NOT_BUILT({ file, reason: changed })
  const source = staleSource(cwd, where, build)
  if (source !== null)
    throw failures.PLUGIN_NOT_BUILT({ file, reason: `it is older than ${showText(source)}` })
  return plugin
}

/** What the manifest in a component says otherwise than that of its project, in whatever order. */
function changeOf(built: Manifest | undefined, now: Manifest): string | undefined {
  if (built === undefined) return 'it has no manifest'
  for (const key of ['id', 'version'] as const) {
    if (built[key] === now[key]) continue
    return `its ${key} is ${built[key] ?? 'missing'}, and that of wasm-plugin.json ${now[key] ?? 'missing'}`
  }
  const other = PARTS.find((key) => !isDeepStrictEqual(built[key], now[key]))
  return other === undefined
    ? undefined
    : `its ${other} ${other === 'capabilities' ? 'are' : 'is'} not what wasm-plugin.json says now`
}

/** What a manifest has beside its id and version. `name` is that of the file. */
const PARTS = ['capabilities', 'world', 'description', 'name'] as const

/** The component that was named, or that of the project here. */
export async function readPublished(cwd: string, file: string | undefined): Promise<PluginFile> {
  return file === undefined
    ? await readBuiltPlugin(cwd)
    : await readPlugin({ file, path: path.resolve(cwd, file) })
}
