import type { Descriptor } from '../p2/filesystem/descriptor.js'
import type { Descriptors } from './descriptors.js'
import type { GuestMemory } from './guest-memory.js'
import { newTimes, writeStat } from './stat.js'

const FOLLOW = 1
/** `oflags`. */
const CREATE = 1
const DIRECTORY = 2
const EXCLUSIVE = 4
const TRUNCATE = 8
/** `fdflags`. */
const APPEND = 1
const DATASYNC = 2
const NONBLOCK = 4
const READSYNC = 8
const SYNC = 16
/** `rights`. */
const MAY_READ = 1n << 1n
const MAY_WRITE = 1n << 6n

/** Bytes of a path that are looked at, which is more than any path may have. */
const MAX_PATH = 65_536

/** What is asked of a name in a directory. */
export function pathFunctions(memory: GuestMemory, descriptors: Descriptors) {
  const text = (at: number, length: number) => memory.text(at, Math.min(length >>> 0, MAX_PATH))
  const directory = (fd: number): Descriptor => descriptors.directory(fd).descriptor
  return {
    path_create_directory(fd: number, path: number, length: number): void {
      directory(fd).createDirectoryAt(text(path, length))
    },
    path_filestat_get(fd: number, lookup: number, path: number, length: number, out: number): void {
      const at = text(path, length)
      const flags = follow(lookup)
      const base = directory(fd)
      writeStat(memory, out, base.statAt(flags, at), base.metadataHashAt(flags, at).lower)
    },
    path_filestat_set_times(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      access: bigint,
      modification: bigint,
      flags: number,
    ): void {
      const times = newTimes(access, modification, flags)
      directory(fd).setTimesAt(follow(lookup), text(path, length), ...times)
    },
    path_link(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      toFd: number,
      to: number,
      toLength: number,
    ): void {
      directory(fd).linkAt(follow(lookup), text(path, length), directory(toFd), text(to, toLength))
    },
    path_open(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      how: number,
      rights: bigint,
      _inheriting: bigint,
      flags: number,
      out: number,
    ): void {
      // Before anything is opened: nobody could close it.
      memory.setU32(out, 0)
      const descriptor = directory(fd).openAt(
        follow(lookup),
        text(path, length),
        {
          create: (how & CREATE) !== 0,
          directory: (how & DIRECTORY) !== 0,
          exclusive: (how & EXCLUSIVE) !== 0,
          truncate: (how & TRUNCATE) !== 0,
        },
        {
          read: (rights & MAY_READ) !== 0n,
          write: (rights & MAY_WRITE) !== 0n,
          fileIntegritySync: (flags & SYNC) !== 0,
          dataIntegritySync: (flags & DATASYNC) !== 0,
          requestedWriteSync: (flags & READSYNC) !== 0,
          mutateDirectory: false,
        },
      )
      const opened =
        descriptor.getType() === 'directory'
          ? ({ kind: 'directory', descriptor, preopened: undefined, listing: undefined } as const)
          : ({ kind: 'file', descriptor, position: 0n, flags: flags & (APPEND | NONBLOCK) } as const)
      memory.setU32(out, descriptors.add(opened))
    },
    path_readlink(fd: number, path: number, length: number, buffer: number, room: number, out: number): void {
      memory.setU32(out, memory.write(buffer, room, directory(fd).readlinkAt(text(path, length))))
    },
    path_remove_directory(fd: number, path: number, length: number): void {
      directory(fd).removeDirectoryAt(text(path, length))
    },
    path_rename(fd: number, path: number, length: number, toFd: number, to: number, toLength: number): void {
      directory(fd).renameAt(text(path, length), directory(toFd), text(to, toLength))
    },
    path_symlink(target: number, targetLength: number, fd: number, path: number, length: number): void {
      directory(fd).symlinkAt(text(target, targetLength), text(path, length))
    },
    path_unlink_file(fd: number, path: number, length: number): void {
      directory(fd).unlinkFileAt(text(path, length))
    },
  }
}

function follow(lookup: number): { symlinkFollow: boolean } {
  return { symlinkFollow: (lookup & FOLLOW) !== 0 }
}
