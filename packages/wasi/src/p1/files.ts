import type { Descriptor } from '../p2/filesystem/descriptor.js'
import { fsError } from '../volume/errno.js'
import type { Descriptors, Open } from './descriptors.js'
import { BADF, Errno, INVAL, NOTSUP, numbered, SUCCESS } from './errno.js'
import type { GuestMemory } from './guest-memory.js'
import { Listing } from './listing.js'
import type { Preview2 } from './preview2.js'
import { FILE_TYPES, newTimes, writeStat } from './stat.js'

const DATASYNC = 2
const SYNC = 16
/** `fdflags` that may be set on an open file: to append, and not to block, which it never does. */
const CHANGEABLE = 1 | 4
/** Those of `rights` that say something here. */
const READ = 1n << 1n
const WRITE = 1n << 6n
/** Seek, tell, advise, allocate, and set the size. */
const OF_FILES = READ | WRITE | (1n << 2n) | (1n << 5n) | (1n << 7n) | (1n << 8n) | (1n << 22n)
/** From `path_create_directory` to `path_filestat_set_times`, links, and what removes. */
const OF_DIRECTORIES = (((1n << 12n) - 1n) << 9n) | (7n << 24n)
/** Sync, flags, stat, times and poll. */
const OF_BOTH = 1n | (1n << 3n) | (1n << 4n) | (1n << 21n) | (1n << 23n) | (1n << 27n)
/** Entries that are written at a time. */
const STEP = 256
/** Bytes of a `dirent` in front of its name. */
const DIRENT = 24

/** What is asked of a file or directory that is open. */
export function fileFunctions(memory: GuestMemory, descriptors: Descriptors, { pause }: Preview2) {
  return {
    fd_advise(fd: number): void {
      descriptors.file(fd).descriptor.advise(0n, 0n, 'normal')
    },
    fd_allocate(fd: number): void {
      descriptors.file(fd)
      throw new Errno(NOTSUP)
    },
    fd_close(fd: number): void {
      descriptors.close(fd)
    },
    fd_datasync(fd: number): void {
      descriptors.descriptor(fd).syncData()
    },
    fd_sync(fd: number): void {
      descriptors.descriptor(fd).sync()
    },
    fd_fdstat_get(fd: number, out: number): void {
      const open = descriptors.get(fd)
      const { type, flags, rights } = stateOf(open)
      memory.bytes(out, 24).fill(0)
      memory.setU8(out, type)
      memory.setU16(out + 2, flags)
      memory.setU64(out + 8, rights)
      memory.setU64(out + 16, open.kind === 'directory' ? OF_FILES | OF_DIRECTORIES | OF_BOTH : 0n)
    },
    fd_fdstat_set_flags(fd: number, flags: number): void {
      const open = descriptors.get(fd)
      if ((flags & ~CHANGEABLE) !== 0) throw new Errno(INVAL)
      if (open.kind === 'file') open.flags = flags
    },
    fd_fdstat_set_rights(): void {
      throw new Errno(NOTSUP)
    },
    fd_filestat_get(fd: number, out: number): void {
      const open = descriptors.get(fd)
      if (open.kind === 'input' || open.kind === 'output') {
        memory.bytes(out, 64).fill(0)
        return
      }
      const { descriptor } = open
      writeStat(memory, out, descriptor.stat(), descriptor.metadataHash().lower)
    },
    fd_filestat_set_size(fd: number, size: bigint): void {
      descriptors.file(fd).descriptor.setSize(BigInt.asUintN(64, size))
    },
    fd_filestat_set_times(fd: number, access: bigint, modification: bigint, flags: number): void {
      descriptors.descriptor(fd).setTimes(...newTimes(access, modification, flags))
    },
    fd_prestat_get(fd: number, out: number): void {
      const at = preopened(descriptors.get(fd))
      memory.setU32(out, 0)
      memory.setU32(out + 4, byteLength(at))
    },
    fd_prestat_dir_name(fd: number, path: number, room: number): void {
      const at = preopened(descriptors.get(fd))
      if (byteLength(at) > room >>> 0) throw fsError('name-too-long')
      memory.write(path, room, at)
    },
    fd_readdir(fd: number, buffer: number, room: number, cookie: bigint, out: number): void {
      const open = descriptors.directory(fd)
      const first = BigInt.asUintN(64, cookie)
      if (first > MAX_COOKIE) throw new Errno(INVAL)
      if (first === 0n || open.listing === undefined) {
        open.listing?.end()
        open.listing = new Listing(open.descriptor)
      }
      memory.setU32(
        out,
        list(open.listing, open.descriptor, { buffer, room: room >>> 0, cookie: Number(first) }),
      )
    },
    fd_renumber(from: number, to: number): void {
      descriptors.renumber(from, to)
    },
  }

  /** Writes entries until the buffer is full, the last one in part, and answers how many bytes that were. */
  function list(
    listing: Listing,
    descriptor: Descriptor,
    { buffer, room, cookie }: { buffer: number; room: number; cookie: number },
  ): number {
    let used = 0
    for (let next = cookie; used < room; next++) {
      const entry = listing.at(next)
      if (entry === undefined) break
      if (next > cookie && next % STEP === 0) pause()
      const name = new TextEncoder().encode(entry.name)
      const dirent = new DataView(new ArrayBuffer(DIRENT))
      dirent.setBigUint64(0, BigInt(next + 1), true)
      dirent.setBigUint64(8, hashOf(descriptor, entry.name), true)
      dirent.setUint32(16, name.length, true)
      dirent.setUint8(20, FILE_TYPES[entry.type] ?? 0)
      for (const part of [new Uint8Array(dirent.buffer), name])
        used += memory.write(buffer + used, room - used, part)
    }
    return used
  }
}

const MAX_COOKIE = 1n << 32n

/** Zero for what is gone, or may not be looked at: then whoever wants to know has to ask. */
function hashOf(descriptor: Descriptor, name: string): bigint {
  let hash = 0n
  const answer = numbered(() => {
    // What is above a directory is not the module's to know.
    if (name !== '..') hash = descriptor.metadataHashAt({ symlinkFollow: false }, name).lower
  })
  return answer === SUCCESS ? hash : 0n
}

function stateOf(open: Open): { type: number; flags: number; rights: bigint } {
  switch (open.kind) {
    case 'input':
      return { type: 0, flags: 0, rights: READ }
    case 'output':
      return { type: 0, flags: 0, rights: WRITE }
    case 'directory':
      return { type: 3, flags: 0, rights: OF_DIRECTORIES | OF_BOTH }
    case 'file': {
      const { read, write, dataIntegritySync, fileIntegritySync } = open.descriptor.getFlags()
      const sync = (dataIntegritySync ? DATASYNC : 0) | (fileIntegritySync ? SYNC : 0)
      const not = (read ? 0n : READ) | (write ? 0n : WRITE)
      return { type: 4, flags: open.flags | sync, rights: (OF_FILES | OF_BOTH) & ~not }
    }
  }
}

function preopened(open: Open): string {
  if (open.kind !== 'directory' || open.preopened === undefined) throw new Errno(BADF)
  return open.preopened
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
