import { main } from '#internal'

export interface CliOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliWorld {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  readonly isTTY?: boolean
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Hears stderr as it is written. */
  readonly onStderr?: (text: string) => void
}

/** One run of the command in this process, with its streams captured. */
export async function runCli(argv: readonly string[], world: CliWorld = {}): Promise<CliOutcome> {
  const stdout: string[] = []
  const stderr: string[] = []
  const isTTY = world.isTTY ?? false
  const exitCode = await main(argv, {
    stdout: { write: (text: string) => stdout.push(text), isTTY },
    stderr: {
      write(text: string) {
        stderr.push(text)
        world.onStderr?.(text)
      },
      isTTY,
      columns: 200,
    },
    interactive: false,
    ...(world.stdin && { stdin: world.stdin }),
    cwd: world.cwd ?? process.cwd(),
    env: world.env ?? {},
    signal: world.signal ?? new AbortController().signal,
  })
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** The same with --json: what is on stdout, parsed. */
export async function runJson(argv: readonly string[], world: CliWorld = {}): Promise<JsonOutcome> {
  const { exitCode, stdout } = await runCli([...argv, '--json'], world)
  return { exitCode, document: JSON.parse(stdout) }
}

export interface JsonOutcome {
  readonly exitCode: number
  readonly document: {
    readonly schema: number
    readonly command: string | null
    readonly ok: boolean
    readonly exitCode?: number
    readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
    // biome-ignore lint/suspicious/noExplicitAny: each command has a result of its own, which the tests look into.
    readonly result?: any
  }
}
