import { type Manifest, type ManifestRequests, requestsBeyond } from '@wasm-plugin/manifest'

/** What a build asks for and the one before it did not. */
export interface AsksMore {
  readonly requests: ManifestRequests
  /** Interfaces and functions of the application. */
  readonly imports: readonly string[]
  /** All of it in words, one for each. */
  readonly more: readonly string[]
}

export interface Asking {
  readonly manifest: Manifest | undefined
  /** Interfaces and functions that the application answers, by their exact names. */
  readonly imports: readonly string[]
}

/** Undefined when `next` is content with what `now` asks for. */
export function asksMore(now: Asking, next: Asking): AsksMore | undefined {
  const requests =
    now.manifest === undefined || next.manifest === undefined
      ? NOTHING
      : requestsBeyond(now.manifest.capabilities, next.manifest.capabilities)
  const known = new Set(now.imports)
  const imports = next.imports.filter((name) => !known.has(name))
  const more = [
    ...requests.fs.map(({ at, access }) => `${access} of "${at}"`),
    ...requests.net.map(({ allow }) => `"${allow}"`),
    ...requests.env.map(({ key }) => `the variable "${key}"`),
    ...imports.map((name) => `the interface "${name}"`),
    // Without a manifest, everything that is granted is the plugin's own.
    ...(now.manifest !== undefined && next.manifest === undefined ? ['everything that is granted'] : []),
  ]
  return more.length === 0 ? undefined : { requests, imports, more }
}

const NOTHING = { fs: [], net: [], env: [] } satisfies ManifestRequests
