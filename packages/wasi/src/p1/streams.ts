import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, inOrder, lastly, rescue } from '../awaitable.js'
import { fsError } from '../volume/errno.js'
import type { Descriptors, OpenFile } from './descriptors.js'
import { BADF, Errno, INVAL } from './errno.js'
import type { GuestMemory } from './guest-memory.js'

/** Buffers of one read or write, as on Linux. */
const MAX_BUFFERS = 1_024
const APPEND = 1
const CURRENT = 1
const END = 2
/** Bytes of one read or write: whoever has more comes again, and may be ended in between. */
const MAX_BYTES = 1 << 20
/** `fd_seek` counts in signed numbers. */
const MAX_POSITION = (1n << 63n) - 1n

/** `fd_read`, `fd_write` and what moves the position that they are at. */
export function streamFunctions(memory: GuestMemory, descriptors: Descriptors) {
  const buffers = (iovs: number, count: number): Uint8Array[] => {
    if (count >>> 0 > MAX_BUFFERS) throw new Errno(INVAL)
    let room = MAX_BYTES
    return Array.from({ length: count >>> 0 }, (_, i) => {
      const at = (iovs >>> 0) + i * 8
      const bytes = memory.bytes(memory.u32(at), memory.u32(at + 4), room)
      room -= bytes.length
      return bytes
    })
  }
  const gave = (out: number, bytes: number): void => {
    memory.bytesIn += bytes
    memory.setU32(out, bytes)
  }
  const took = (out: number, bytes: number): void => {
    memory.bytesOut += bytes
    memory.setU32(out, bytes)
  }
  const seek = (fd: number, offset: bigint, whence: number): bigint => {
    const file = descriptors.file(fd)
    const from = whence === CURRENT ? file.position : whence === END ? file.descriptor.stat().size : 0n
    const position = from + BigInt.asIntN(64, offset)
    if (whence < 0 || whence > END || position < 0n || position > MAX_POSITION) throw fsError('invalid')
    file.position = position
    return position
  }
  return {
    fd_read(fd: number, iovs: number, count: number, out: number): Awaitable<void> {
      const open = descriptors.get(fd)
      const into = buffers(iovs, count)
      if (open.kind === 'input') return chain(readStream(open.stream, into), (read) => gave(out, read))
      if (open.kind === 'output') throw new Errno(BADF)
      const file = descriptors.file(fd)
      const read = readFile(file, into, file.position)
      file.position += BigInt(read)
      gave(out, read)
    },
    fd_pread(fd: number, iovs: number, count: number, offset: bigint, out: number): void {
      gave(out, readFile(descriptors.file(fd), buffers(iovs, count), BigInt.asUintN(64, offset)))
    },
    fd_write(fd: number, iovs: number, count: number, out: number): Awaitable<void> {
      const open = descriptors.get(fd)
      const from = buffers(iovs, count)
      if (open.kind === 'input') throw new Errno(BADF)
      const write = (): Awaitable<void> => {
        if (open.kind === 'output') return inOrder(from, (bytes) => open.stream.blockingWriteAndFlush(bytes))
        const file = descriptors.file(fd)
        if ((file.flags & APPEND) !== 0) return append(file, from)
        writeFile(file, from, file.position)
        file.position += BigInt(lengthOf(from))
      }
      return chain(write(), () => took(out, lengthOf(from)))
    },
    fd_pwrite(fd: number, iovs: number, count: number, offset: bigint, out: number): void {
      const from = buffers(iovs, count)
      writeFile(descriptors.file(fd), from, BigInt.asUintN(64, offset))
      took(out, lengthOf(from))
    },
    fd_seek(fd: number, offset: bigint, whence: number, out: number): void {
      memory.setU64(out, seek(fd, offset, whence))
    },
    fd_tell(fd: number, out: number): void {
      memory.setU64(out, descriptors.file(fd).position)
    },
  }
}

interface Readable {
  blockingRead(length: bigint): Awaitable<Uint8Array>
}

/** What is there now goes into the first buffer that has room: the rest is for the next read. */
function readStream(stream: Readable, into: readonly Uint8Array[]): Awaitable<number> {
  const buffer = into.find(({ length }) => length > 0)
  if (buffer === undefined) return 0
  const read = () =>
    chain(stream.blockingRead(BigInt(buffer.length)), (bytes) => {
      buffer.set(bytes)
      return bytes.length
    })
  return rescue(read, (error) => {
    if (ComponentError.is(error) && (error.payload as { tag?: string }).tag === 'closed') return 0
    throw error
  })
}

function readFile({ descriptor }: OpenFile, into: readonly Uint8Array[], from: bigint): number {
  let read = 0
  for (const buffer of into) {
    const [bytes] = descriptor.read(BigInt(buffer.length), from + BigInt(read))
    buffer.set(bytes)
    read += bytes.length
    if (bytes.length < buffer.length) break
  }
  return read
}

function writeFile({ descriptor }: OpenFile, from: readonly Uint8Array[], at: bigint): void {
  let offset = at
  for (const bytes of from) {
    descriptor.write(bytes, offset)
    offset += BigInt(bytes.length)
  }
}

function append(file: OpenFile, from: readonly Uint8Array[]): Awaitable<void> {
  const stream = file.descriptor.appendViaStream()
  const written = lastly(
    () => inOrder(from, (bytes) => stream.blockingWriteAndFlush(bytes)),
    () => stream[DISPOSE](),
  )
  return chain(written, () => {
    file.position = file.descriptor.stat().size
  })
}

function lengthOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0)
}
