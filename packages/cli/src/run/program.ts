import type { Plugin } from '@wasm-plugin/host'
import type { Context } from '../command.js'

export interface ProgramOutcome {
  readonly exitCode: number
  /** With `--json`, where stdout is for the document. */
  readonly stdout?: string
  readonly stderr?: string
}

/** Runs the program that a plugin is in the place of this process: its streams are ours, and so is its end. */
export async function runProgram(
  plugin: Plugin,
  args: readonly string[],
  { takeStreams, signal, json }: Pick<Context, 'takeStreams' | 'signal' | 'json'>,
): Promise<ProgramOutcome> {
  const streams = takeStreams()
  const run = plugin.run({ args, stdin: streams.stdin, signal })
  if (json) {
    const { exitCode, stdout, stderr } = await run.output()
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
    return { exitCode, stdout: text(stdout), stderr: text(stderr) }
  }
  const pass = async (stream: 'stdout' | 'stderr') => {
    for await (const bytes of run[stream]) await streams.write(stream, bytes)
  }
  const [exitCode] = await Promise.all([run.exitCode, pass('stdout'), pass('stderr')])
  return { exitCode }
}
