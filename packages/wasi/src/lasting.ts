import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { Open } from './p1/descriptors.js'
import type { createPreview1 } from './p1/index.js'
import type { createStdio } from './p2/cli/stdio.js'
import type { Clock } from './p2/clocks/clock.js'
import type { createClocks } from './p2/clocks/index.js'
import { Descriptor } from './p2/filesystem/descriptor.js'
import type { createFilesystem } from './p2/filesystem/index.js'
import { InputStream, sourceOf } from './p2/io/input-stream.js'
import { OutputStream, sinkOf } from './p2/io/output-stream.js'
import { Pollable, readinessOf } from './p2/io/poll.js'
import { always } from './p2/io/readiness.js'
import type { Waiter } from './p2/io/waiter.js'
import type { createRandom } from './p2/random/index.js'
import { readWasiState, type WasiState } from './saved-state.js'

/** What goes on from one instance to another one of the same plugin. */
export interface Lasting {
  /** What another instance needs of this one, as text. @throws {SNAPSHOT_REFUSED} it has something open */
  save(): string
  /** For an instance that has not started. @throws {SNAPSHOT_UNUSABLE} */
  restore(text: string): void
  /** The name by which another instance has an object of WASI too; undefined where it has none. */
  nameOf(object: unknown): string | undefined
  /** The object of that name; undefined where there is none any more. */
  objectOf(name: string): object | undefined
}

export interface LastingParts {
  readonly clock: Clock
  readonly waiter: Waiter
  readonly clocks: () => ReturnType<typeof createClocks>
  readonly stdio: ReturnType<typeof createStdio>
  readonly random: Made<ReturnType<typeof createRandom>>
  readonly filesystem: Made<ReturnType<typeof createFilesystem>>
  readonly preview1: Made<ReturnType<typeof createPreview1>>
}

/** Makes what an instance needs; `made` is undefined where it has needed none. */
interface Made<T> {
  (): T
  readonly made: T | undefined
}

/** Streams of the plugin's log, and the directories that it was granted, are there for each of its instances. */
export function createLasting(parts: LastingParts): Lasting {
  const { clock, waiter, clocks, stdio, random, filesystem, preview1 } = parts
  const { ends } = stdio
  const nameOf = (object: unknown): string | undefined => {
    if (object instanceof InputStream) {
      const source = sourceOf(object)
      return source === undefined ? 'over' : source === ends.stdin ? 'stdin' : undefined
    }
    if (object instanceof OutputStream) {
      const sink = sinkOf(object)
      return sink === ends.stdout ? 'stdout' : sink === ends.stderr ? 'stderr' : undefined
    }
    if (object instanceof Pollable) {
      const { deadline, remote } = readinessOf(object)
      if (readinessOf(object) === always) return 'ready'
      return deadline === undefined || remote !== undefined ? undefined : `${INSTANT}${deadline}`
    }
    const place = object instanceof Descriptor ? filesystem.made?.placeOf(object) : undefined
    return place === undefined ? undefined : `${DIRECTORY}${place}`
  }
  const objectOf = (name: string): object | undefined => {
    switch (name) {
      case 'over': {
        const stream = stdio.stdin.getStdin()
        stream[DISPOSE]()
        return stream
      }
      case 'stdin':
        return stdio.stdin.getStdin()
      case 'stdout':
        return stdio.stdout.getStdout()
      case 'stderr':
        return stdio.stderr.getStderr()
      case 'ready':
        return new Pollable(always, waiter)
      default:
        if (name.startsWith(DIRECTORY)) return filesystem().directoryAt(name.slice(DIRECTORY.length))
        return A_TIME.test(name)
          ? clocks().monotonicClock.subscribeInstant(BigInt(name.slice(INSTANT.length)))
          : undefined
    }
  }
  return {
    nameOf,
    objectOf,
    save() {
      const descriptors = preview1.made?.save(nameOf)
      const state: WasiState = {
        clock: String(clock.monotonic()),
        stdin: ends.stdin.offset,
        random: random.made?.drawn.blocks ?? 0,
        ...(descriptors !== undefined && { descriptors }),
      }
      return JSON.stringify(state)
    },
    restore(text) {
      const { clock: instant, stdin, random: blocks, descriptors } = readWasiState(text)
      clock.goOnFrom(BigInt(instant))
      ends.stdin.offset = stdin
      if (blocks > 0) random().drawn.blocks = blocks
      if (descriptors !== undefined) preview1().restore(descriptors, (name) => opened(objectOf(name), name))
    },
  }
}

const DIRECTORY = 'directory '
const INSTANT = 'instant '
/** Nanoseconds, of 64 bits. */
const A_TIME = /^instant \d{1,20}$/

function opened(object: ReturnType<Lasting['objectOf']>, name: string): Open | undefined {
  if (object instanceof InputStream) return { kind: 'input', stream: object }
  if (object instanceof OutputStream) return { kind: 'output', stream: object }
  if (!(object instanceof Descriptor)) return undefined
  const preopened = name.slice(DIRECTORY.length)
  return { kind: 'directory', descriptor: object, preopened, listing: undefined }
}
