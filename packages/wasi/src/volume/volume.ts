/** Since 1970, as `wasi:clocks/wall-clock` has it. */
export interface Datetime {
  seconds: bigint
  nanoseconds: number
}

/** Identity of a file in the process, whatever it is called at the moment. */
export type FileId = `${bigint}:${bigint}`

export type DescriptorType =
  | 'unknown'
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'symbolic-link'
  | 'regular-file'
  | 'socket'

export interface FileStat {
  readonly type: DescriptorType
  /** `dev` and `ino` are unique together. */
  readonly dev: bigint
  readonly ino: bigint
  readonly nlink: bigint
  readonly size: bigint
  readonly atimeNs: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

export interface DirectoryEntry {
  type: DescriptorType
  name: string
}

export type NewTimestamp = { tag: 'no-change' } | { tag: 'now' } | { tag: 'timestamp'; val: Datetime }

export interface NewTimes {
  readonly access: NewTimestamp
  readonly modification: NewTimestamp
}

/** How soon what is written must be on the disk. */
export interface SyncFlags {
  readonly file: boolean
  readonly data: boolean
  readonly requested: boolean
}

export interface OpenMode {
  readonly read: boolean
  readonly write: boolean
  /** Makes a new file, and fails with `exist` if there is an entry of the name. */
  readonly create: boolean
  readonly sync: SyncFlags
}

export type Opened =
  | { readonly kind: 'file'; readonly file: FileHandle; readonly stat: FileStat }
  | { readonly kind: 'directory'; readonly folder: Folder }

/**
 * An open directory of a volume: of the system (`host/`) or of memory (`memory/`). It stays the same directory when it
 * is renamed. Every operation is one step on one of its entries, or on itself by the name `.`, and follows no link; what
 * makes a plugin's path of such steps, and decides about them, is above. Failures are the error codes of WASI.
 */
export interface Folder {
  id(): FileId
  stat(): FileStat
  /** Directories between it and `root` at the moment; `undefined` if it is not below it, or nobody can tell. */
  depthBelow(root: Folder): number | undefined
  /** Without `.` and `..`. */
  /** One after the other: whoever has enough stops. */
  list(): Iterable<DirectoryEntry>
  /** The subdirectory; `undefined` for anything else, symbolic links included. */
  child(name: string): Folder | undefined
  /** `undefined` if there is no such entry. */
  find(name: string): FileStat | undefined
  readlink(name: string): string
  setTimes(name: string, times: NewTimes): void
  mkdir(name: string): void
  rmdir(name: string): void
  unlink(name: string): void
  symlink(target: string, name: string): void
  /** Both fail with `cross-device` for a folder of another volume. */
  link(name: string, to: Folder, newName: string): void
  rename(name: string, to: Folder, newName: string): void
  /** Opens a regular file or a directory without waiting; `loop` for a symbolic link, `access` for anything else. */
  open(name: string, mode: OpenMode): Opened
  close(): void
}

/** An open regular file of a volume. */
export interface FileHandle {
  stat(): FileStat
  /** Up to `size` bytes, fewer at the end of the file. They are good until the next read in this thread. */
  read(size: number, offset: bigint): Uint8Array
  /** Writes all of `bytes`, or throws. */
  write(bytes: Uint8Array, offset: number): void
  truncate(size: number): void
  setTimes(times: NewTimes): void
  sync(dataOnly: boolean): void
  close(): void
}

export function idOf({ dev, ino }: { dev: bigint; ino: bigint }): FileId {
  return `${dev}:${ino}`
}
