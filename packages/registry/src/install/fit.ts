import { matchName } from '@wasm-plugin/manifest/names'
import type { PublishedVersion } from '../artifact/index.js'

/** What an application can work with: a version that needs more, or has less, is passed over. */
export interface Fit {
  /** Names of the interfaces and functions that it provides, besides those of WASI: `acme:site/log@0.1.0`. */
  readonly imports: readonly string[]
  /** Names of those that it needs the plugin to export. */
  readonly exports: readonly string[]
}

/**
 * Why a version does not fit; `undefined` if it does, or if its publisher's tool did not say. Imports are compared by
 * their package, since an interface that has only types needs nobody: that each function is there is known on loading.
 */
export function misfit({ imports = [], exports }: PublishedVersion, fit: Fit): string | undefined {
  const known = [...fit.imports, ...fit.exports].flatMap((name) => packageOf(name) ?? [])
  for (const name of imports) {
    const wanted = packageOf(name)
    // What WASI offers is known when the plugin is loaded; functions of resources come with the resource.
    if (name.startsWith('wasi:') || name.startsWith('[')) continue
    const found = wanted === undefined ? fit.imports.includes(name) : matchName(wanted, known) !== undefined
    if (!found) return `it imports ${name}, which the application does not have`
  }
  if (exports === undefined) return undefined
  const missing = fit.exports.find((name) => matchName(name, exports) === undefined)
  return missing === undefined ? undefined : `it does not export ${missing}`
}

/** `acme:site@0.1.0` of `acme:site/log@0.1.0`; nothing for a function of the world. */
function packageOf(name: string): string | undefined {
  const [, found, version = ''] = /^([^/@]+:[^/@]+)\/[^@]+(@.+)?$/.exec(name) ?? []
  return found === undefined ? undefined : `${found}${version}`
}
