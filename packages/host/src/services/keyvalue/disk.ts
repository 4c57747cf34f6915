import fs from 'node:fs'
import type { Steps } from '@wasm-plugin/embed/services'
import { turn } from '@wasm-plugin/embed/thread'

/** The functions of `node:fs` that a store uses, as steps. */
export const disk = {
  open: (file: string, flags: number) => step<number>('open', file, flags, 0o600),
  close: (fd: number) => step<void>('close', fd),
  fstat: (fd: number) => step<fs.Stats>('fstat', fd),
  read: (fd: number, bytes: Uint8Array, at: number) => step<number>('read', fd, bytes, 0, bytes.length, at),
  truncate: (fd: number, size: number) => step<void>('ftruncate', fd, size),
  sync: (fd: number) => step<void>('fsync', fd),
  rename: (from: string, to: string) => step<void>('rename', from, to),
  remove: (file: string) => step<void>('rm', file, { force: true }),
  mkdir: (path: string) => step<void>('mkdir', path, { recursive: true }),
  *write(fd: number, bytes: Uint8Array, at: number): Steps<void> {
    for (let done = 0; done < bytes.length; )
      done += yield* step<number>('write', fd, bytes, done, bytes.length - done, at + done)
  },
  /** Lets the application go on, if it has waited for long enough. */
  *pause(): Steps<void> {
    yield { now: () => undefined, later: turn }
  },
}

type Callback = (error: Error | null, value?: unknown) => void

function* step<T>(name: keyof typeof fs, ...args: unknown[]): Steps<T> {
  const value = yield {
    now: () => (fs[`${name}Sync` as keyof typeof fs] as (...args: unknown[]) => unknown)(...args),
    later: () =>
      new Promise((resolve, reject) => {
        const done: Callback = (error, value) => (error === null ? resolve(value) : reject(error))
        ;(fs[name] as (...args: unknown[]) => void)(...args, done)
      }),
  }
  return value as T
}
