import { fstatSync } from 'node:fs'
import { exitCodes } from './exit-codes.js'
import { main } from './main.js'

/** Runs the command as this process: its streams, its signals, its exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController()
  // Each ends what the command has started: those who end a process by its id do not end its children.
  let hangup: (() => void) | undefined
  process.on('SIGHUP', () => {
    if (hangup !== undefined) return hangup()
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted)
    interrupt.abort()
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupt.abort()
      // A second Ctrl-C does not wait for anything.
      process.once(signal, () => process.exit(exitCodes.interrupted))
    })

  let outlivesReader = false
  let isLost = false
  let isRead = false
  const lose = (error: NodeJS.ErrnoException) => {
    if (!isLost) process.stderr.write(`warning: nothing more is written to stdout (${error.code})\n`)
    isLost = true
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (outlivesReader) return lose(error)
    // A reader that has seen enough (`wasm-plugin inspect x.wasm | head`) is not an error.
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    // What was written is lost, and there is no other place for it.
    process.stderr.write(`error[PATH_UNWRITABLE]: cannot write to stdout (${error.code})\n`)
    process.exit(exitCodes.failed)
  })
  process.stderr.on('error', () => {
    if (!outlivesReader) process.exit(exitCodes.failed)
  })

  process.exitCode = await main(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: {
      [Symbol.asyncIterator]() {
        isRead = true
        return isFolder() ? refused() : process.stdin[Symbol.asyncIterator]()
      },
    },
    writeBytes: (stream, bytes) => new Promise((resolve) => process[stream].write(bytes, () => resolve())),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    cwd: process.cwd(),
    env: process.env,
    outliveReader: () => {
      outlivesReader = true
    },
    onHangup: (listener) => {
      hangup = listener
    },
    signal: interrupt.signal,
  })

  // What nobody reads any more keeps no process alive.
  if (isRead) process.stdin.destroy()

  // What did not stop by itself, such as a compiler, is not waited for.
  if (interrupt.signal.aborted) process.exit()
}

/** To Node a folder in the place of stdin is an empty file; to everybody else reading it is a mistake. */
function isFolder(): boolean {
  try {
    return fstatSync(0).isDirectory()
  } catch {
    return false
  }
}

async function* refused(): AsyncGenerator<Uint8Array> {
  yield* []
  throw new Error('EISDIR: stdin is a folder')
}
