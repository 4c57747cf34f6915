import { type CheckedComponent, decodeComponent } from '@wasm-plugin/runtime/internal'
import { errors } from '../errors/index.js'
import { readRegularFile } from '../files.js'

export interface ComponentFile {
  readonly bytes: Uint8Array
  readonly component: CheckedComponent
}

/** @throws {COMPONENT_MISSING} and the codes of a malformed component */
export async function readComponent(source: string | URL | Uint8Array): Promise<ComponentFile> {
  const bytes = source instanceof Uint8Array ? source : await readBytes(source)
  return { bytes, component: decodeComponent(bytes) }
}

async function readBytes(source: string | URL): Promise<Uint8Array> {
  try {
    return readRegularFile(source)
  } catch (error) {
    throw errors.COMPONENT_MISSING({ path: String(source) }, error)
  }
}
