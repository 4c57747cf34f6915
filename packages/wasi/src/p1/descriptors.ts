import { DISPOSE, errors } from '@wasm-plugin/runtime/internal'
import type { Descriptor } from '../p2/filesystem/descriptor.js'
import type { InputStream } from '../p2/io/input-stream.js'
import type { OutputStream } from '../p2/io/output-stream.js'
import { fsError } from '../volume/errno.js'
import { BADF, Errno } from './errno.js'
import type { Listing } from './listing.js'

/** What a number of the module stands for. */
export type Open = OpenInput | OpenOutput | OpenFile | OpenDirectory

export interface OpenInput {
  readonly kind: 'input'
  readonly stream: InputStream
}

export interface OpenOutput {
  readonly kind: 'output'
  readonly stream: OutputStream
}

export interface OpenFile {
  readonly kind: 'file'
  readonly descriptor: Descriptor
  position: bigint
  /** `fdflags`. */
  flags: number
}

export interface OpenDirectory {
  readonly kind: 'directory'
  readonly descriptor: Descriptor
  /** Where it is for the module, when it was there from the start. */
  readonly preopened: string | undefined
  listing: Listing | undefined
}

/** Files and directories that one module may have open, whatever its grants say: as many as there are small numbers. */
const MAX_OPEN = 65_536

/** What the numbers of a module stand for, by names that another instance finds again. */
export interface SavedDescriptors {
  readonly open: readonly (string | null)[]
  /** Whether its directories are among them. */
  readonly hasLooked: boolean
}

interface Start {
  readonly stdin: () => InputStream
  readonly stdout: () => OutputStream
  readonly stderr: () => OutputStream
  readonly directories: () => readonly (readonly [Descriptor, string])[]
}

/** The file descriptors of one module: 0 to 2 are its streams, and from 3 on are the directories that were granted. */
export class Descriptors {
  readonly #open: (Open | undefined)[] = []
  #streams: Omit<Start, 'directories'> | undefined
  #preopen: Start['directories'] | undefined

  constructor({ directories, ...streams }: Start) {
    this.#streams = streams
    this.#preopen = directories
  }

  /**
   * Undefined where the module has not looked at any.
   *
   * @throws {SNAPSHOT_REFUSED} one of them is a file, or a directory that is being read
   */
  save(nameOf: (object: object) => string | undefined): SavedDescriptors | undefined {
    if (this.#streams !== undefined) return undefined
    const nameOfOne = (one: Open): string => {
      const isRead = one.kind === 'directory' && one.listing !== undefined
      const name = isRead ? undefined : nameOf('stream' in one ? one.stream : one.descriptor)
      if (name === undefined)
        throw errors.SNAPSHOT_REFUSED({ reason: `a descriptor of kind "${one.kind}" is open` })
      return name
    }
    return {
      open: this.#open.map((one) => (one === undefined ? null : nameOfOne(one))),
      hasLooked: this.#preopen === undefined,
    }
  }

  /** For a module that has not started. @throws {SNAPSHOT_UNUSABLE} what was open is not there any more */
  restore({ open, hasLooked }: SavedDescriptors, find: (name: string) => Open | undefined): void {
    if (open.length > MAX_OPEN) throw errors.SNAPSHOT_UNUSABLE({ reason: 'it has too much open' })
    this.#streams = undefined
    if (hasLooked) this.#preopen = undefined
    for (const name of open) {
      const found = name === null ? undefined : find(name)
      if (name !== null && found === undefined)
        throw errors.SNAPSHOT_UNUSABLE({ reason: 'what it had open is not there any more' })
      this.#open.push(found)
    }
  }

  get(fd: number): Open {
    this.#openStreams()
    // Most programs of the streams alone never look.
    if (fd >>> 0 > 2) this.#openDirectories()
    const found = this.#open[fd >>> 0]
    if (found === undefined) throw new Errno(BADF)
    return found
  }

  file(fd: number): OpenFile {
    const found = this.get(fd)
    if (found.kind === 'file') return found
    throw found.kind === 'directory' ? fsError('is-directory') : fsError('invalid-seek')
  }

  directory(fd: number): OpenDirectory {
    const found = this.get(fd)
    if (found.kind === 'directory') return found
    throw fsError('not-directory')
  }

  /** Of a file or a directory. */
  descriptor(fd: number): Descriptor {
    const found = this.get(fd)
    if (found.kind === 'file' || found.kind === 'directory') return found.descriptor
    throw fsError('invalid')
  }

  /** The lowest number that is free. */
  add(item: Open): number {
    this.#openDirectories()
    let fd = this.#open.indexOf(undefined)
    if (fd === -1) fd = this.#open.length
    if (fd >= MAX_OPEN) {
      release(item)
      throw fsError('insufficient-memory')
    }
    this.#open[fd] = item
    return fd
  }

  close(fd: number): void {
    release(this.get(fd))
    this.#open[fd >>> 0] = undefined
  }

  /** `to` stands for what `from` stood for, and `from` for nothing. */
  renumber(from: number, to: number): void {
    const item = this.get(from)
    const before = this.get(to)
    if (item === before) return
    release(before)
    this.#open[to >>> 0] = item
    this.#open[from >>> 0] = undefined
  }

  /** Not before the program runs: until then they are not those of its run. */
  #openStreams(): void {
    if (this.#streams === undefined) return
    const { stdin, stdout, stderr } = this.#streams
    this.#streams = undefined
    this.#open.push(
      { kind: 'input', stream: stdin() },
      { kind: 'output', stream: stdout() },
      { kind: 'output', stream: stderr() },
    )
  }

  #openDirectories(): void {
    this.#openStreams()
    const directories = this.#preopen?.() ?? []
    this.#preopen = undefined
    for (const [descriptor, preopened] of directories)
      this.#open.push({ kind: 'directory', descriptor, preopened, listing: undefined })
  }
}

function release(item: Open): void {
  if (item.kind === 'input' || item.kind === 'output') item.stream[DISPOSE]()
  else item.descriptor[DISPOSE]()
  if (item.kind === 'directory') item.listing?.end()
}
