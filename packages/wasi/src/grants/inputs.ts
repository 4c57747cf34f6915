import type { Access } from './grant-set.js'

/** A directory of the host that the plugin sees at `at`. */
export interface FsGrantInput {
  /** Directory of the host, relative to the working directory of the process. It must exist. */
  path: string
  /** Absolute path that the plugin sees, such as `/data`. */
  at: string
  access: Access
  /** Bytes by which the plugin may grow the files below the directory. @default 1 GiB */
  quotaBytes?: number | undefined
  /** Files, directories and links that the plugin may add. @default 100_000 */
  quotaEntries?: number | undefined
  /** Handles open at a time. @default 256 */
  maxOpen?: number | undefined
}

/**
 * A folder of a browser, by its handle: one that a person picked (`showDirectoryPicker`), or of the page's own
 * (`navigator.storage.getDirectory`). For pages alone.
 */
export interface FolderGrantInput extends Omit<FsGrantInput, 'path'> {
  folder: FolderHandle
  /** A directory in it, such as `drafts/new`, if that is to be granted alone or otherwise than the rest. */
  below?: string | undefined
}

/** `FileSystemDirectoryHandle`, as far as it is told from other things. */
export interface FolderHandle {
  readonly kind: 'directory'
  readonly name: string
}

/** An empty directory of the plugin's own, removed when the plugin is closed. */
export interface ScratchGrantInput extends Omit<FsGrantInput, 'path' | 'access'> {
  scratch: true
}

/**
 * Files in memory: nothing of them touches a disk. All instances of the plugin share them, and they last as long as the
 * plugin, whatever happens to an instance. `plugin.readFiles(at)` reads them.
 */
export interface MemoryGrantInput extends Omit<FsGrantInput, 'path'> {
  /** Files that are there from the beginning, by relative path: `{ 'pages/index.md': '# Home' }`. */
  memory: Record<string, string | Uint8Array>
  /** Bytes by which the plugin may grow the files, at most 1 GiB. @default 64 MiB */
  quotaBytes?: number | undefined
  /** Files, directories and links that the plugin may add, at most a million. @default 10_000 */
  quotaEntries?: number | undefined
}

/** Hosts that the plugin may reach, with more to say than a list of patterns. */
export interface NetGrantInput {
  /** Patterns: `[METHOD ]scheme://host[:port][/path/**]`. */
  allow: string[]
  /**
   * Patterns that are refused although an `allow` matches. Where `allow` names a path to the letter, a denial names every
   * spelling that a server may take for it: other escapes, capitals, empty segments, parameters, a slash at the end.
   */
  deny?: string[] | undefined
  /**
   * CIDR ranges of private addresses that allowed names may resolve to. Without it a name must resolve to a public
   * address; an address (`http://127.0.0.1:8080`) or `localhost` in `allow` names itself.
   */
  privateAddresses?: string[] | undefined
  limits?: Partial<{
    concurrent: number | undefined
    headerBytes: number | undefined
    requestBytes: number | undefined
    responseBytes: number | undefined
    connectTimeoutMs: number | undefined
    firstByteTimeoutMs: number | undefined
    betweenBytesTimeoutMs: number | undefined
  }>
}

export interface StoreGrantInput {
  /** File that keeps the values, relative to the working directory. @default memory alone */
  file?: string | undefined
  /** Bytes of all keys and values. @default 16 MiB */
  quotaBytes?: number | undefined
  /** Keys. @default 10_000 */
  quotaKeys?: number | undefined
}

/** What a plugin may use. Everything that is left out is denied. */
export interface GrantsInput {
  /** Directories. Of nested ones the innermost decides. */
  fs?: (FsGrantInput | FolderGrantInput | ScratchGrantInput | MemoryGrantInput)[] | undefined
  /** Hosts, as a list of patterns (one with a leading `!` is a denial) or as an object. */
  net?: string[] | NetGrantInput | undefined
  /** Environment variables: names with values, or a list of names to pass through from the process. */
  env?: Record<string, string> | string[] | undefined
  /** Values of `wasi:config/store`. */
  config?: Record<string, string> | undefined
  /** Stores of `wasi:keyvalue`, by name: in memory, or kept in a file of the host. */
  keyvalue?: Record<string, StoreGrantInput> | undefined
  /** Rules of the application's own capabilities, by their names: see `capabilities` of `createHost`. */
  app?: Record<string, string[]> | undefined
  /** Command-line arguments; the first is the program's name by convention. */
  args?: string[] | undefined
  stdio?: {
    /** What the plugin reads from stdin. @default nothing */
    stdin?: string | Uint8Array | undefined
    /** Bytes per second of stdout and stderr together; a plugin that writes faster waits. @default 4 MiB */
    bytesPerSecond?: number | undefined
  }
  clocks?: {
    /** Granularity of the monotonic clock in nanoseconds. @default 1 */
    resolutionNs?: number | undefined
    /** An ISO date that the wall clock always shows; sleeping then takes no time. For tests. */
    fixed?: string | undefined
  }
  random?: {
    /** Bytes that one call may ask for. @default 1 MiB */
    maxBytes?: number | undefined
    /** Makes every random value a function of this text. For tests, never for secrets. */
    seed?: string | undefined
  }
}
