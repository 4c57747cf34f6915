/** What the engine sees of the outside while it starts. */
export interface Outside {
  /** Text by path below `/`, as `plugin.js`. */
  readonly files: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string>>
  readonly stdin: string
  /** What it writes to its standard streams. */
  onOutput(text: string): void
}

type Imports = Record<string, (...args: never[]) => number | undefined>

const Errno = { SUCCESS: 0, BADF: 8, NOENT: 44, NOSYS: 52 } as const
const FileType = { CHARACTER_DEVICE: 2, DIRECTORY: 3, REGULAR_FILE: 4 } as const
const ROOT = 3

/**
 * The functions of WASI preview 1 that the engine needs to start, over a world that is the same each time: files in
 * memory, a clock that begins at 1970 and moves on by a millisecond whenever it is read, and random numbers that are
 * none. What the engine keeps of them is in the component.
 */
export function fixedPreview1(outside: Outside, memory: () => WebAssembly.Memory): Imports {
  const opened = new Map<number, { bytes: Uint8Array; at: number }>([
    [0, { bytes: new TextEncoder().encode(outside.stdin), at: 0 }],
  ])
  const decoder = new TextDecoder()
  const view = () => new DataView(memory().buffer)
  const bytes = (at: number, length: number) => new Uint8Array(memory().buffer, at, length)
  const text = (at: number, length: number) => decoder.decode(bytes(at, length))
  const vectors = (at: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      bytes(view().getUint32(at + 8 * i, true), view().getUint32(at + 8 * i + 4, true)),
    )
  const find = (folder: number, at: number, length: number) =>
    folder === ROOT ? outside.files.get(text(at, length).replace(/^(\.?\/)+/, '')) : undefined
  const strings = Object.entries(outside.environment).map(([name, value]) =>
    new TextEncoder().encode(`${name}=${value}\0`),
  )
  let milliseconds = 0
  let seed = 1

  return {
    args_sizes_get: (count: number, size: number) => sizes(count, size, []),
    args_get: () => Errno.SUCCESS,
    environ_sizes_get: (count: number, size: number) => sizes(count, size, strings),
    environ_get(pointers: number, at: number) {
      for (const [i, string] of strings.entries()) {
        view().setUint32(pointers + 4 * i, at, true)
        bytes(at, string.length).set(string)
        at += string.length
      }
      return Errno.SUCCESS
    },
    clock_time_get(_clock: number, _precision: bigint, at: number) {
      view().setBigUint64(at, BigInt(++milliseconds) * 1_000_000n, true)
      return Errno.SUCCESS
    },
    random_get(at: number, length: number) {
      // A linear congruential generator (Numerical Recipes): zeros alone may send a caller round a loop for ever.
      for (const i of bytes(at, length).keys()) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        view().setUint8(at + i, seed >>> 24)
      }
      return Errno.SUCCESS
    },
    fd_prestat_get(fd: number, at: number) {
      if (fd !== ROOT) return Errno.BADF
      view().setUint32(at, 0, true)
      view().setUint32(at + 4, 1, true)
      return Errno.SUCCESS
    },
    fd_prestat_dir_name(_fd: number, at: number) {
      bytes(at, 1).set([0x2f])
      return Errno.SUCCESS
    },
    fd_fdstat_get(fd: number, at: number) {
      bytes(at, 24).fill(0)
      const type =
        fd < ROOT ? FileType.CHARACTER_DEVICE : fd === ROOT ? FileType.DIRECTORY : FileType.REGULAR_FILE
      view().setUint8(at, type)
      bytes(at + 8, 16).fill(0xff) // Every right.
      return Errno.SUCCESS
    },
    fd_fdstat_set_flags: () => Errno.SUCCESS,
    path_filestat_get(folder: number, _flags: number, path: number, length: number, at: number) {
      const found = find(folder, path, length)
      if (found === undefined) return Errno.NOENT
      bytes(at, 64).fill(0)
      view().setUint8(at + 16, FileType.REGULAR_FILE)
      view().setBigUint64(at + 32, BigInt(new TextEncoder().encode(found).length), true)
      return Errno.SUCCESS
    },
    path_open(
      folder: number,
      _lookup: number,
      path: number,
      length: number,
      _create: number,
      _rights: bigint,
      _inheriting: bigint,
      _flags: number,
      at: number,
    ) {
      const found = find(folder, path, length)
      if (found === undefined) return Errno.NOENT
      const fd = ROOT + 1 + opened.size
      opened.set(fd, { bytes: new TextEncoder().encode(found), at: 0 })
      view().setUint32(at, fd, true)
      return Errno.SUCCESS
    },
    fd_read(fd: number, buffers: number, count: number, at: number) {
      const file = opened.get(fd)
      if (file === undefined) return Errno.BADF
      let read = 0
      for (const target of vectors(buffers, count)) {
        const part = file.bytes.subarray(file.at, file.at + target.length)
        target.set(part)
        file.at += part.length
        read += part.length
      }
      view().setUint32(at, read, true)
      return Errno.SUCCESS
    },
    fd_seek(fd: number, offset: bigint, whence: number, at: number) {
      const file = opened.get(fd)
      if (file === undefined) return Errno.BADF
      file.at = Number(offset) + [0, file.at, file.bytes.length][whence]!
      view().setBigUint64(at, BigInt(file.at), true)
      return Errno.SUCCESS
    },
    fd_write(_fd: number, buffers: number, count: number, at: number) {
      let written = 0
      for (const part of vectors(buffers, count)) {
        outside.onOutput(decoder.decode(part))
        written += part.length
      }
      view().setUint32(at, written, true)
      return Errno.SUCCESS
    },
    fd_close: () => Errno.SUCCESS,
    fd_readdir: () => Errno.NOSYS,
    path_remove_directory: () => Errno.NOSYS,
    path_unlink_file: () => Errno.NOSYS,
    proc_exit(code: number) {
      throw new Error(`the engine ended with ${code}`)
    },
  }

  function sizes(count: number, size: number, all: readonly Uint8Array[]): number {
    view().setUint32(count, all.length, true)
    view().setUint32(
      size,
      all.reduce((sum, { length }) => sum + length, 0),
      true,
    )
    return Errno.SUCCESS
  }
}
