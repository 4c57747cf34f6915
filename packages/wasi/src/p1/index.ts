import { type Awaitable, chain } from '../awaitable.js'
import { Descriptors } from './descriptors.js'
import { Errno, NOTSOCK, numbered } from './errno.js'
import { fileFunctions } from './files.js'
import { GuestMemory } from './guest-memory.js'
import { pathFunctions } from './paths.js'
import { pollFunctions } from './poll.js'
import type { Preview2 } from './preview2.js'
import { processFunctions } from './process.js'
import { streamFunctions } from './streams.js'

type CoreFunction = (...args: never[]) => Awaitable<unknown>

/**
 * `wasi_snapshot_preview1` for one instance of a core module, over the interfaces of 0.2: the two core modules that
 * `adaptPreview1` of the runtime imports, each by a function that instantiates it.
 */
export function createPreview1(preview2: Preview2) {
  const memory = new GuestMemory(preview2.spend)
  return {
    /** Bytes that the module was given, and those that it gave. */
    traffic: memory as Readonly<Pick<GuestMemory, 'bytesIn' | 'bytesOut'>>,
    functions(): Record<string, CoreFunction> {
      const { stdio, filesystem } = preview2
      const descriptors = new Descriptors({
        stdin: stdio.stdin.getStdin,
        stdout: stdio.stdout.getStdout,
        stderr: stdio.stderr.getStderr,
        directories: filesystem.preopens.getDirectories,
      })
      const functions: Record<string, CoreFunction> = {
        ...streamFunctions(memory, descriptors),
        ...fileFunctions(memory, descriptors, preview2),
        ...pathFunctions(memory, descriptors),
        ...pollFunctions(memory, descriptors, preview2),
        ...processFunctions(memory, preview2),
        sock_accept: noSocket(descriptors),
        sock_recv: noSocket(descriptors),
        sock_send: noSocket(descriptors),
        sock_shutdown: noSocket(descriptors),
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
