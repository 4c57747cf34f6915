import path from 'node:path'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import { readNamedText } from './files.js'

/** The language that the manifest of a project names, or null; a damaged manifest is for `build` to report. */
export async function languageOfProject(dir: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(await readNamedText(path.join(dir, MANIFEST_FILE), MANIFEST_FILE))
    const build = property(manifest, 'build')
    const language = property(build, 'language')
    return typeof language === 'string' ? language : null
  } catch {
    return null
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
