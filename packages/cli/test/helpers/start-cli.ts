import { onTestFinished } from 'vitest'
import { main } from '#internal'
import type { CliWorld } from './run-cli.js'

/** A run of the command that goes on until it is interrupted. */
export interface RunningCli {
  /** Waits until everything that it wrote since the last match has one, and returns that text. */
  until(pattern: RegExp): Promise<string>
  /** The next line of JSON on stdout. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has a document of its own, which the tests look into
  untilLine(): Promise<any>
  interrupt(): Promise<number>
}

export function startCli(argv: readonly string[], world: CliWorld): RunningCli {
  const interruption = new AbortController()
  let text = ''
  let wake = () => {}
  const lines: string[] = []
  const stream = {
    write(part: string) {
      text += part
      wake()
    },
    isTTY: false,
  }
  const stdout = {
    write(part: string) {
      if (part.startsWith('{')) lines.push(part)
      stream.write(part)
    },
    isTTY: false,
  }
  const exited = main(argv, {
    stdout,
    stderr: stream,
    interactive: false,
    cwd: world.cwd ?? process.cwd(),
    env: world.env ?? process.env,
    signal: interruption.signal,
  })
  let exitCode: number | undefined
  void exited.then((code) => {
    exitCode = code
    wake()
  })
  const interrupt = () => {
    interruption.abort()
    return exited
  }
  onTestFinished(async () => void (await interrupt()))
  return {
    interrupt,
    async untilLine() {
      for (;;) {
        const line = lines.shift()
        if (line !== undefined && line.indexOf('\n') === line.length - 1) return JSON.parse(line)
        if (line !== undefined || exitCode !== undefined) throw new Error(`no line of JSON: ${line ?? text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) {
          const seen = text.slice(0, match.index + match[0].length)
          text = text.slice(seen.length)
          return seen
        }
        if (exitCode !== undefined)
          throw new Error(`it ended with ${exitCode} instead of ${pattern}:\n${text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
