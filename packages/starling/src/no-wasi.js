// The splicer is a component that jco turned into a module of Node. It is given its WIT as text, so all it needs of
// WASI is somewhere to write to when it panics. Stands in for every module of preview2-shim that it imports.
class Stream {
  checkWrite() {
    return 4096n
  }
  write(bytes) {
    process.stderr.write(bytes)
  }
  blockingWriteAndFlush(bytes) {
    process.stderr.write(bytes)
  }
  blockingFlush() {}
}
class None {}
const none = () => undefined

export const environment = { getEnvironment: () => [] }
export const exit = {
  exit() {
    throw new Error('the splicer ended')
  },
}
export const stdin = { getStdin: () => new Stream() }
export const stdout = { getStdout: () => new Stream() }
export const stderr = { getStderr: () => new Stream() }
export const terminalInput = { TerminalInput: None }
export const terminalOutput = { TerminalOutput: None }
export const terminalStdin = { getTerminalStdin: none }
export const terminalStdout = { getTerminalStdout: none }
export const terminalStderr = { getTerminalStderr: none }
export const monotonicClock = { now: () => 0n }
export const wallClock = { now: () => ({ seconds: 0n, nanoseconds: 0 }) }
export const preopens = { getDirectories: () => [] }
export const types = { Descriptor: None, DirectoryEntryStream: None, filesystemErrorCode: none }
export const error = { Error: None }
export const streams = { InputStream: Stream, OutputStream: Stream }
/** Keys of hash tables: the same ones give the same output. */
export const random = { getRandomBytes: (length) => new Uint8Array(Number(length)) }
