import type { FileId, Folder } from './volume/volume.js'

/**
 * What grants and WASI take from where they run: Node, or a browser. All of it answers at once; what has to be waited for
 * is a service, see `protocol/service-map.ts`.
 */

/** What the names in grants stand for. */
export interface GrantPorts {
  /** A variable of the environment; `undefined` if there is none. */
  variable(name: string): string | undefined
  readonly paths: Paths
  readonly thread: ThreadNumber
}

/** The files of the machine, as an application names them. */
export interface Paths {
  /** What stands for a folder that is given by a handle; missing where there are no such folders. */
  readonly folder?: (handle: object) => string
  join(directory: string, path: string): string
  /** The absolute path; nothing need be there. */
  absolute(path: string): string
  /** The absolute path, without links; throws if nothing is there. */
  real(path: string): string
  /** The same of a file that need not be there: where it would be made. */
  place(file: string): string
  /** Whether a directory is there, and none of a file system whose files are doors into the kernel. */
  isOrdinaryDirectory(path: string): boolean
}

/** What one instance runs on. */
export interface InstancePorts {
  readonly directories: Directories
  readonly thread: ThreadNumber
  /** Nanoseconds since some moment; never fewer than before. */
  monotonicNs(): bigint
  /** Fills bytes that no two instances have alike and nobody can guess. */
  fillRandom<T extends Uint8Array>(bytes: T): T
  sha256(text: string): Uint8Array
  /** Returns after that long, which may be without end. In the application's thread it is never long. */
  sleep(ms: number): void
  /** The same where a plugin is suspended while it waits, so that its thread is free. @default it sleeps */
  pass?(ms: number): Promise<void>
  /** What a store of `wasi:keyvalue` keeps of a value: made where the value is, so that the thread that keeps it need not. */
  makeRecord(key: string, value: Uint8Array): Uint8Array
}

/** The directories of the machine that are granted. */
export interface Directories {
  /** A path without links, as `Paths` gave it. Throws the error code of WASI. */
  open(path: string): Folder
  /** What is there now; `undefined` if nothing is. */
  identify(path: string): FileId | undefined
  /** Names mean what they mean on Windows: `CON`, `a:b` and `a\b` are refused. */
  readonly isWindows: boolean
}

/** From 0 on, of a thread that may use the same files in memory as others: no two that live have the same. */
export type ThreadNumber = number
