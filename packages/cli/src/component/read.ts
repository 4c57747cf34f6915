import { createHash } from 'node:crypto'
import { type Manifest, readManifest } from '@wasm-plugin/manifest'
import { PluginError } from '@wasm-plugin/runtime'
import { type CheckedComponent, decodeComponent } from '@wasm-plugin/runtime/internal'
import { assembleWat, isWat } from '@wasm-plugin/sdk'
import { readNamedFile } from '../project/files.js'

/** Where the component of a project is. */
export const BUILT =
  'Name the component; that of a project is where `wasm-plugin build` writes it: dist/<name>.wasm.'

/** A plugin file, decoded and checked but not run. */
export interface PluginFile {
  /** As it was named on the command line. */
  readonly file: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `sha256:` and the hex digest. */
  readonly digest: string
  readonly component: CheckedComponent
  readonly manifest: Manifest | undefined
}

/**
 * Reads a plugin, as a component or as the text of one.
 *
 * @param place.file Path to show in messages; `place.path` is where it is.
 * @throws {PATH_NOT_FOUND | NOT_A_FILE | PATH_UNREADABLE | NOT_WASM | CORE_MODULE | WIT_PACKAGE | MALFORMED_COMPONENT |
 *   INVALID_COMPONENT | WAT_SYNTAX | LIMIT_EXCEEDED | MANIFEST_INVALID | MANIFEST_NOT_JSON | MANIFEST_DUPLICATE}
 */
export async function readPlugin({ file, path }: { file: string; path: string }): Promise<PluginFile> {
  const given = await readNamedFile(path, 'the plugin')
  const bytes = isWat(given) ? await assembleWat(new TextDecoder().decode(given), file) : given
  try {
    const component = decodeComponent(bytes)
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    return { file, bytes, digest, component, manifest: readManifest(component.customSections) }
  } catch (error) {
    if (PluginError.is(error)) Object.assign(error, { plugin: error.plugin ?? file })
    throw error
  }
}
