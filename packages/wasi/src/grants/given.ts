import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { Access, NetLimits, RefusedRequests } from './grant-set.js'

/** The grants of a plugin as its application sees them at one moment. Deeply frozen. */
export interface PluginGrants {
  /** What the manifest asks for, each with its reason; `null` without a manifest, where whatever is granted is given. */
  readonly asked: DeepReadonly<ManifestRequests> | null
  /** What the plugin may use: asked for and granted, without what was taken back. */
  readonly given: GivenGrants
  /** What was granted in vain, as rules: the manifest does not ask for it. */
  readonly unasked: readonly string[]
  /** What the manifest asks for and no grant has a part of. */
  readonly refused: RefusedRequests
  /** All of `given` that can be revoked, one text each: `env LANG`, `net https://api.example.com`. */
  readonly rules: readonly string[]
}

export interface GivenGrants {
  readonly fs: readonly GivenDirectory[]
  readonly net: GivenNet
  readonly env: Readonly<Record<string, string>>
  readonly config: Readonly<Record<string, string>>
  readonly keyvalue: Readonly<Record<string, GivenStore>>
  /** Rules of the application's own capabilities, by their names. */
  readonly app: Readonly<Record<string, readonly string[]>>
  readonly args: readonly string[]
  /** Bytes per second of stdout and stderr together. */
  readonly stdio: { readonly bytesPerSecond: number }
  readonly clocks: {
    /** Granularity of the monotonic clock in nanoseconds. */
    readonly resolutionNs: number
    /** ISO date that the wall clock always shows; `null` if it goes. */
    readonly fixed: string | null
  }
  readonly random: {
    /** Bytes that one call may ask for. */
    readonly maxBytes: number
    /** What makes every random value; `null` if they are random. */
    readonly seed: string | null
  }
}

export interface GivenDirectory {
  /** Absolute path that the plugin sees. */
  readonly at: string
  readonly access: Access
  /** What is there: a directory of the host, a folder of a browser, one of the plugin's own, or files in memory. */
  readonly kind: 'directory' | 'folder' | 'scratch' | 'memory'
  /** Its real path; of a folder a number and its name, `null` for files in memory. */
  readonly path: string | null
  /** Bytes by which the plugin may grow the files. */
  readonly quotaBytes: number
  /** Files, directories and links that the plugin may add. */
  readonly quotaEntries: number
  /** Handles open at a time. */
  readonly maxOpen: number
}

export interface GivenNet {
  /** Patterns in canonical text. */
  readonly allow: readonly string[]
  /** Patterns that are refused although one of `allow` matches. */
  readonly deny: readonly string[]
  /** CIDR ranges that are open although they are not public. */
  readonly privateAddresses: readonly string[]
  readonly limits: NetLimits
}

export interface GivenStore {
  /** Absolute path of the file that keeps the values; `null` for memory alone. */
  readonly file: string | null
  /** Bytes of all keys and values. */
  readonly quotaBytes: number
  readonly quotaKeys: number
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
