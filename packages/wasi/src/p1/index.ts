import { type Awaitable, chain } from '../awaitable.js'
import { Descriptors, type Open, type SavedDescriptors } from './descriptors.js'
import { Errno, NOTSOCK, numbered } from './errno.js'
import { fileFunctions } from './files.js'
import { GuestMemory } from './guest-memory.js'
import { pathFunctions } from './paths.js'
import { pollFunctions } from './poll.js'
import type { Preview2 } from './preview2.js'
import { processFunctions } from './process.js'
import { streamFunctions } from './streams.js'

interface Restored {
  readonly saved: SavedDescriptors
  readonly find: (name: string) => Open | undefined
}

type CoreFunction = (...args: never[]) => Awaitable<unknown>

/**
 * `wasi_snapshot_preview1` for one instance of a core module, over the interfaces of 0.2: the two core modules that
 * `adaptPreview1` of the runtime imports, each by a function that instantiates it.
 */
export function createPreview1(preview2: Preview2) {
  const memory = new GuestMemory(preview2.spend)
  let descriptors: Descriptors | undefined
  let before: Restored | undefined
  return {
    /** See `Descriptors.save`. */
    save: (nameOf: (object: object) => string | undefined) => descriptors?.save(nameOf),
    /** Has the descriptors go on, when there are some, where those of another instance were. */
    restore(saved: SavedDescriptors, find: Restored['find']): void {
      before = { saved, find }
    },
    /** Bytes that the module was given, and those that it gave. */
    traffic: memory as Readonly<Pick<GuestMemory, 'bytesIn' | 'bytesOut'>>,
    functions(): Record<string, CoreFunction> {
      const { stdio, filesystem } = preview2
      const opened = new Descriptors({
        stdin: stdio.stdin.getStdin,
        stdout: stdio.stdout.getStdout,
        stderr: stdio.stderr.getStderr,
        directories: filesystem.preopens.getDirectories,
      })
      if (before !== undefined) opened.restore(before.saved, before.find)
      descriptors = opened
      const functions: Record<string, CoreFunction> = {
        ...streamFunctions(memory, opened),
        ...fileFunctions(memory, opened, preview2),
        ...pathFunctions(memory, opened),
        ...pollFunctions(memory, opened, preview2),
        ...processFunctions(memory, preview2),
        sock_accept: noSocket(opened),
        sock_recv: noSocket(opened),
        sock_send: noSocket(opened),
        sock_shutdown: noSocket(opened),
      }
      return Object.fromEntries(
        Object.entries(functions).map(([name, run]) => [
          name,
          (...args: never[]) => numbered(() => chain(run(...args), () => {})),
        ]),
      )
    },
    /** The module has a memory now. */
    memory({ guest }: { guest: { memory: WebAssembly.Memory } }): Record<string, CoreFunction> {
      memory.connect(guest.memory)
      return {}
    },
  }
}

/** No module of preview 1 can make a socket, and none is given to it. */
function noSocket(descriptors: Descriptors) {
  return (fd: number): void => {
    descriptors.get(fd)
    throw new Errno(NOTSOCK)
  }
}
