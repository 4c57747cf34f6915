import type { NetRule } from '@wasm-plugin/manifest/grammar'

/**
 * What one plugin may use, after the manifest and the host agreed: plain frozen data that crosses threads. Everything
 * that is not in here is denied. It is never changed, only replaced by one that allows less.
 */
export interface GrantSet {
  readonly fs: readonly FsGrant[]
  /** Directories that were granted once: closed, but for grants inside of them. */
  readonly former: readonly FsGrant[]
  readonly net: NetGrant
  readonly env: readonly EnvGrant[]
  /** Values of `wasi:config/store`. */
  readonly config: readonly EnvGrant[]
  readonly keyvalue: readonly StoreGrant[]
  /** Rules of the application's own capabilities. */
  readonly app: readonly AppGrant[]
  readonly args: readonly string[]
  readonly stdio: StdioGrant
  readonly clocks: ClocksGrant
  readonly random: RandomGrant
  /** What the manifest asks for; `null` without a manifest, where nothing but the grants counts. */
  readonly asked: AskedRights | null
  /** What the manifest asks for and the host did not give: the denials to report when the plugin looks for it. */
  readonly refused: RefusedRequests
  /** What the host granted and the manifest does not ask for, as rules: they do not hold. */
  readonly unasked: readonly string[]
  /** Every rule in canonical text; its index is the rule's `id`. */
  readonly rules: readonly string[]
}

export type Access = 'read' | 'read-write'

export type FsGrant = FsRule & (HostDirectory | PickedFolder | MemoryVolume)

/** A directory of the system. */
interface HostDirectory {
  /** Its real path. */
  readonly path: string
  readonly memory: null
  /** Made for the plugin, and removed when the plugin is closed. */
  readonly scratch: boolean
}

/** A folder of a browser, which is reached from the thread of the page alone. */
interface PickedFolder {
  /** What stands for its handle, and the names that lead on from there. */
  readonly path: string
  readonly memory: null
  readonly scratch: false
  readonly isPicked: true
}

/** Files in memory, shared by all threads of the plugin. */
interface MemoryVolume {
  readonly path: null
  readonly memory: SharedArrayBuffer
  /** Made for the plugin, by a host that has no disk. */
  readonly scratch: boolean
}

interface FsRule {
  readonly id: number
  /** Id of the rule that it was loaded with, which its quotas are booked on; a narrower grant draws on the same. */
  readonly account: number
  /** Raised when a part of the directory gets rules of its own: what was opened before may lie in that part. */
  readonly since: number
  /** Absolute path that the plugin sees. */
  readonly at: string
  readonly access: Access
  /** Bytes by which the plugin may grow the files. */
  readonly quotaBytes: number
  /** Files, directories and links that the plugin may add. */
  readonly quotaEntries: number
  /** Handles open at a time. */
  readonly maxOpen: number
}

export interface NetGrant {
  readonly allow: readonly NetAllow[]
  readonly deny: readonly NetRule[]
  /** CIDR ranges that are open although they are not public. */
  readonly privateAddresses: readonly string[]
  readonly limits: NetLimits
}

export interface NetAllow extends NetRule {
  readonly id: number
}

export interface NetLimits {
  /** Requests and sockets alive at a time. @default 16 */
  readonly concurrent: number
  /** Bytes of all headers or trailers of one message. @default 64 KiB */
  readonly headerBytes: number
  /** Bytes of one request body. @default 64 MiB */
  readonly requestBytes: number
  /** Bytes of one response body. @default 64 MiB */
  readonly responseBytes: number
  /** Longest wait for a connection; a plugin may ask for less. @default 10_000 */
  readonly connectTimeoutMs: number
  /** Longest wait for the response to begin. @default 30_000 */
  readonly firstByteTimeoutMs: number
  /** Longest pause inside a body. @default 30_000 */
  readonly betweenBytesTimeoutMs: number
}

export interface EnvGrant {
  readonly id: number
  readonly key: string
  readonly value: string
}

/** A store of `wasi:keyvalue`. */
export interface StoreGrant {
  readonly id: number
  readonly name: string
  /** Absolute path of the file that keeps the values; `null` for memory alone. */
  readonly file: string | null
  /** Bytes of all keys and values. */
  readonly quotaBytes: number
  readonly quotaKeys: number
}

/** A rule of a capability that the application has defined. */
export interface AppGrant {
  readonly id: number
  /** Of the capability. */
  readonly name: string
  readonly rule: string
}

export interface StdioGrant {
  /** What the plugin reads from stdin; empty means closed. */
  readonly stdin: Uint8Array
  /** Bytes per second of stdout and stderr together; a plugin that writes faster waits. */
  readonly bytesPerSecond: number
}

export interface ClocksGrant {
  /** Granularity of the monotonic clock. */
  readonly resolutionNs: number
  /** Milliseconds since 1970 that the wall clock always shows; sleeping then takes no time. For tests. */
  readonly fixedMs: number | null
}

export interface RandomGrant {
  /** Bytes that one call may ask for. */
  readonly maxBytes: number
  /** Makes every random value a function of this text. For tests. */
  readonly seed: string | null
}

export interface RefusedRequests {
  /** Paths, as the plugin would see them. */
  readonly fs: readonly string[]
  /** Patterns in canonical text. */
  readonly net: readonly string[]
  readonly env: readonly string[]
}

export interface AskedRights {
  readonly fs: readonly { readonly at: string; readonly access: Access }[]
  /** With the look-ups that sockets need. */
  readonly net: readonly NetRule[]
  readonly env: readonly string[]
}

export const defaultNetLimits: NetLimits = Object.freeze({
  concurrent: 16,
  headerBytes: 64 << 10,
  requestBytes: 64 << 20,
  responseBytes: 64 << 20,
  connectTimeoutMs: 10_000,
  firstByteTimeoutMs: 30_000,
  betweenBytesTimeoutMs: 30_000,
})
