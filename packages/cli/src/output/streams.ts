/** The part of a writable stream that the command uses; a test passes an object that collects text. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Everything the command takes from the process it runs in. */
export interface Io {
  /** Data: what a script would read. */
  readonly stdout: TextStream
  /** Talk: status, warnings, errors, hints. */
  readonly stderr: TextStream
  /** A person can be asked: stdin and stderr are both terminals. */
  readonly interactive: boolean
  /** Read from when somebody asks for it. @default nothing */
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Bytes for stdout or stderr as they are. @default they are written as texts */
  readonly writeBytes?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** From here on the command goes on when nobody reads its output any more. */
  readonly outliveReader?: () => void
  /** Has SIGHUP call this in the place of aborting. */
  readonly onHangup?: (listener: () => void) => void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}
