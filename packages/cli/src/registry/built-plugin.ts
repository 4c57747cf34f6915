import path from 'node:path'
import { componentPath } from '@wasm-plugin/sdk'
import { type PluginFile, readPlugin } from '../component/read.js'
import { failures } from '../errors/index.js'
import { relativeTo } from '../output/paths.js'
import { readProject } from '../project/project.js'

/**
 * The component that the project in a folder was built to. One that was built before the manifest got its id or version
 * would be published as what it was.
 *
 * @throws {NO_PROJECT} {PLUGIN_NOT_BUILT}
 */
export async function readBuiltPlugin(cwd: string): Promise<PluginFile> {
  const { manifest } = await readProject(cwd)
  const where = componentPath(cwd, manifest.name)
  const file = relativeTo(cwd, where)
  const plugin = await readPlugin({ file, path: where }).catch((error) => {
    if (error?.code !== 'PATH_NOT_FOUND') throw error
    throw failures.PLUGIN_NOT_BUILT({ file, reason: 'it is not there' }, error)
  })
  for (const key of ['id', 'version'] as const) {
    const [built, now] = [plugin.manifest?.[key], manifest[key]]
    if (built === now) continue
    const reason = `its ${key} is ${built ?? 'missing'}, and that of wasm-plugin.json ${now ?? 'missing'}`
    throw failures.PLUGIN_NOT_BUILT({ file, reason })
  }
  return plugin
}

/** The component that was named, or that of the project here. */
export async function readPublished(cwd: string, file: string | undefined): Promise<PluginFile> {
  return file === undefined
    ? await readBuiltPlugin(cwd)
    : await readPlugin({ file, path: path.resolve(cwd, file) })
}
