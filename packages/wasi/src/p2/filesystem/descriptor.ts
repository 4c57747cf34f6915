import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { codeOf, fsError } from '../../volume/errno.js'
import { idOf, type NewTimestamp } from '../../volume/volume.js'
import { type InputStream, MAX_READ } from '../io/input-stream.js'
import type { OutputStream } from '../io/output-stream.js'
import type { Dir } from './directory.js'
import { DirectoryEntryStream } from './directory-entry-stream.js'
import * as entries from './entries.js'
import { readStream, writeStream } from './file-streams.js'
import { type OpenDirectory, openAt } from './open.js'
import { OpenFile } from './open-file.js'
import type { Sandbox } from './sandbox.js'
import { type DescriptorStat, metadataHash, toStat } from './stat.js'

export interface DescriptorFlags {
  read: boolean
  write: boolean
  fileIntegritySync: boolean
  dataIntegritySync: boolean
  requestedWriteSync: boolean
  mutateDirectory: boolean
}
export type OpenFlags = Record<'create' | 'directory' | 'exclusive' | 'truncate', boolean>
export interface PathFlags {
  symlinkFollow: boolean
}

const CAP = BigInt(MAX_READ)

/** `wasi:filesystem/types#descriptor`: an open file or directory. */
export class Descriptor {
  readonly #sandbox: Sandbox
  readonly #open: OpenDirectory | OpenFile

  constructor(open: OpenDirectory | OpenFile, sandbox: Sandbox) {
    this.#open = open
    this.#sandbox = sandbox
  }

  readViaStream(offset: bigint): InputStream {
    const file = this.#file()
    if (!file.canRead) throw fsError('bad-descriptor')
    return readStream(file, offset, this.#sandbox.waiter)
  }

  writeViaStream(offset: bigint): OutputStream {
    return writeStream(this.#writable(), offset, this.#sandbox.waiter)
  }

  appendViaStream(): OutputStream {
    return writeStream(this.#writable(), null, this.#sandbox.waiter)
  }

  /** Advice is taken note of and nothing more. */
  advise(_offset: bigint, _length: bigint, _advice: string): void {
    this.#file()
  }

  syncData(): void {
    this.#sync(true)
  }

  sync(): void {
    this.#sync(false)
  }

  getFlags(): DescriptorFlags {
    const file = this.#open instanceof OpenFile ? this.#open : undefined
    return {
      read: file?.canRead ?? true,
      write: file?.canWrite ?? false,
      fileIntegritySync: file?.syncFlags.file ?? false,
      dataIntegritySync: file?.syncFlags.data ?? false,
      requestedWriteSync: file?.syncFlags.requested ?? false,
      mutateDirectory: !(this.#open instanceof OpenFile) && this.#open.dir.grant.access === 'read-write',
    }
  }

  getType(): string {
    return this.#open instanceof OpenFile ? 'regular-file' : 'directory'
  }

  setSize(size: bigint): void {
    this.#writable().setSize(size)
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    const times = { access, modification }
    if (this.#open instanceof OpenFile) this.#open.setTimes(times)
    else entries.setTimesAt(this.#sandbox, this.#dir(), { path: '.', follow: false, times })
  }

  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    const bytes = this.#file().read(length, offset)
    return [bytes, bytes.length === 0 || BigInt(bytes.length) < (length < CAP ? length : CAP)]
  }

  write(buffer: Uint8Array, offset: bigint): bigint {
    this.#file().write(buffer, offset)
    return BigInt(buffer.length)
  }

  readDirectory(): DirectoryEntryStream {
    const dir = this.#dir()
    this.#sandbox.require('readdir', { dir, name: '.' })
    return new DirectoryEntryStream(dir, this.#sandbox)
  }

  createDirectoryAt(path: string): void {
    entries.createDirectoryAt(this.#sandbox, this.#dir(), path)
  }

  stat(): DescriptorStat {
    return toStat(this.#stat())
  }

  statAt(flags: PathFlags, path: string): DescriptorStat {
    return toStat(entries.statAt(this.#sandbox, this.#dir(), path, flags.symlinkFollow))
  }

  setTimesAt(flags: PathFlags, path: string, access: NewTimestamp, modification: NewTimestamp): void {
    const times = { access, modification }
    entries.setTimesAt(this.#sandbox, this.#dir(), { path, follow: flags.symlinkFollow, times })
  }

  linkAt(flags: PathFlags, oldPath: string, target: Descriptor, newPath: string): void {
    const from = { base: this.#dir(), path: oldPath, follow: flags.symlinkFollow }
    entries.linkAt(this.#sandbox, from, { base: target.#dir(), path: newPath })
  }

  openAt(pathFlags: PathFlags, path: string, openFlags: OpenFlags, flags: DescriptorFlags): Descriptor {
    // Field by field: spreading an object here takes longer than opening the file.
    const request = {
      follow: pathFlags.symlinkFollow,
      create: openFlags.create,
      directory: openFlags.directory,
      exclusive: openFlags.exclusive,
      truncate: openFlags.truncate,
      read: flags.read,
      write: flags.write,
      sync: {
        file: flags.fileIntegritySync,
        data: flags.dataIntegritySync,
        requested: flags.requestedWriteSync,
      },
    }
    return new Descriptor(openAt(this.#sandbox, this.#dir(), path, request), this.#sandbox)
  }

  readlinkAt(path: string): string {
    return entries.readlinkAt(this.#sandbox, this.#dir(), path)
  }

  removeDirectoryAt(path: string): void {
    entries.removeDirectoryAt(this.#sandbox, this.#dir(), path)
  }

  renameAt(oldPath: string, target: Descriptor, newPath: string): void {
    const from = { base: this.#dir(), path: oldPath }
    entries.renameAt(this.#sandbox, from, { base: target.#dir(), path: newPath })
  }

  symlinkAt(target: string, path: string): void {
    entries.symlinkAt(this.#sandbox, this.#dir(), { target, path })
  }

  unlinkFileAt(path: string): void {
    entries.unlinkFileAt(this.#sandbox, this.#dir(), path)
  }

  /** It has no error to answer with: what was taken back, or is gone, is the same as nothing else. */
  isSameObject(other: Descriptor): boolean {
    if (other === this) return true
    try {
      return idOf(this.#stat()) === idOf(other.#stat())
    } catch (error) {
      if (codeOf(error) === undefined) throw error
      return false
    }
  }

  metadataHash(): { lower: bigint; upper: bigint } {
    return metadataHash(this.#stat(), this.#sandbox.ports)
  }

  metadataHashAt(flags: PathFlags, path: string): { lower: bigint; upper: bigint } {
    const stat = entries.statAt(this.#sandbox, this.#dir(), path, flags.symlinkFollow)
    return metadataHash(stat, this.#sandbox.ports)
  }

  [DISPOSE](): void {
    this.#open.release()
  }

  #file(): OpenFile {
    if (this.#open instanceof OpenFile) return this.#open
    throw fsError('is-directory')
  }

  #writable(): OpenFile {
    const file = this.#file()
    if (!file.canWrite) throw fsError('bad-descriptor')
    return file
  }

  /** The directory, as long as there is something in it that the plugin may use. */
  #dir(): Dir {
    if (this.#open instanceof OpenFile) throw fsError('not-directory')
    this.#sandbox.requireDir(this.#open.dir)
    return this.#open.dir
  }

  #stat() {
    if (this.#open instanceof OpenFile) return this.#open.stat()
    const dir = this.#dir()
    this.#sandbox.requireOpen(dir.grant, false)
    return dir.folder.stat()
  }

  #sync(dataOnly: boolean): void {
    if (this.#open instanceof OpenFile) this.#open.sync(dataOnly)
    else this.#dir()
  }
}
