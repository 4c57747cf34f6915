import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { failures } from '../errors/index.js'
import { writeWholeFile } from '../project/files.js'

/**
 * Writes into the project's file where the packages of a namespace are, or one package. What people wrote there, comments
 * too, stays as it is; a file that this would not be understood in stays unchanged.
 *
 * @throws {REGISTRIES_FILE} {REGISTRY_CONFIG_INVALID} {REGISTRY_NAME_INVALID} {PATH_UNWRITABLE}
 */
export async function addMapping(cwd: string, name: string, place: string): Promise<string> {
  const { loadConfig, parseTarget, PROJECT_FILE } = await import('@wasm-plugin/registry')
  const file = path.join(cwd, PROJECT_FILE)
  const target = parseTarget(place, cwd)
  // Refuses a name that is none, and a file that is broken already.
  await loadConfig({ cwd, registries: { [name]: place } })
  const before = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw failures.REGISTRIES_FILE({ file: PROJECT_FILE, reason: error.code ?? String(error) }, error)
  })
  await writeWholeFile(file, withEntry(before ?? '', name, place))
  const known = await loadConfig({ cwd, env: {}, home: cwd }).catch(() => undefined)
  const found = known?.packages.get(name) ?? known?.namespaces.get(name)
  if (JSON.stringify(found) === JSON.stringify(target)) return PROJECT_FILE
  // The form of the file is not one that a line can be put into.
  await writeWholeFile(file, before ?? '')
  throw failures.REGISTRIES_FILE({ file: PROJECT_FILE, reason: 'its form is not the one that is known here' })
}

function withEntry(text: string, name: string, place: string): string {
  const isPackage = name.includes(':')
  const header = isPackage ? '[package_registry_overrides]' : '[namespace_registries]'
  const key = isPackage ? JSON.stringify(name) : name
  const entry = `${key} = ${JSON.stringify(place)}`
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === header)
  if (start === -1) {
    const rest = text.trimEnd()
    return `${rest === '' ? '' : `${rest}\n\n`}${header}\n${entry}\n`
  }
  const next = lines.findIndex((line, index) => index > start && line.trimStart().startsWith('['))
  const end = next === -1 ? lines.length : next
  const at = lines.findIndex(
    (line, index) =>
      index > start &&
      index < end &&
      line
        .split('=')[0]
        ?.trim()
        .replace(/^["']|["']$/g, '') === name,
  )
  if (at === -1) lines.splice(start + 1, 0, entry)
  else lines[at] = entry
  return lines.join('\n')
}
