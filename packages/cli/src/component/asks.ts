import { type Manifest, requestsBeyond } from '@wasm-plugin/manifest'
import type { ExternType } from '@wasm-plugin/runtime'
import { listRequests, type Request } from './capabilities.js'
import type { PluginFile } from './read.js'

/** What a plugin needs of the host that loads it, as its manifest says and as its binary shows. */
export interface Asks {
  readonly file: string
  readonly name: string | null
  readonly version: string | null
  /** Without a manifest a plugin may use all that it is granted. */
  readonly hasManifest: boolean
  readonly requests: readonly Request[]
  /** Interfaces of WASI that give access to something, and functions of the application. */
  readonly imports: readonly string[]
}

export interface AskedChange {
  readonly requests: readonly Request[]
  readonly imports: readonly string[]
}

/** Interfaces that reach nothing beyond the plugin itself, its log and the time. */
const HARMLESS =
  /^wasi:(?:io\/|clocks\/|random\/|logging\/|cli\/(?:exit|stdin|stdout|stderr|terminal-[a-z]+)(?:@|$))/

export function asksOf({ file, manifest, component }: PluginFile): Asks {
  return {
    file,
    name: manifest?.name ?? null,
    version: manifest?.version ?? null,
    hasManifest: manifest !== undefined,
    requests: listRequests(manifest?.capabilities ?? {}),
    imports: importsOf(component.root.type.imports),
  }
}

/** What `plugin` asks for and `before` did not. */
export function asksBeyond(before: PluginFile, plugin: PluginFile): AskedChange {
  const known = new Set(importsOf(before.component.root.type.imports))
  return {
    requests: manifestBeyond(before.manifest, plugin.manifest),
    imports: importsOf(plugin.component.root.type.imports).filter((name) => !known.has(name)),
  }
}

function manifestBeyond(before: Manifest | undefined, manifest: Manifest | undefined): Request[] {
  // Without a manifest before, everything that was granted could be used.
  if (before === undefined || manifest === undefined) return []
  return listRequests(requestsBeyond(before.capabilities, manifest.capabilities))
}

/** Versions are left out: a newer 0.2.x of an interface of WASI gives access to nothing else. */
function importsOf(imports: ReadonlyMap<string, ExternType>): string[] {
  const names = [...imports].flatMap(([name, item]) => {
    if (HARMLESS.test(name)) return []
    if (item.kind === 'func') return [name]
    if (item.kind !== 'instance') return []
    const base = name.split('@')[0] ?? name
    const functions = [...item.exports].filter(([, { kind }]) => kind === 'func').map(([func]) => func)
    if (functions.length === 0) return []
    return name.startsWith('wasi:') ? [base] : functions.map((func) => `${base}#${func}`)
  })
  return [...new Set(names)].sort()
}
