import type { Plugin, ProgramRun } from '@wasm-plugin/host'
import type { Context } from '../command.js'
import { type ProgramOutput, readOutput } from './output.js'

export interface ProgramOutcome extends Partial<ProgramOutput> {
  readonly exitCode: number
}

/**
 * Runs the program that a plugin is in the place of this process: its streams are ours, and so is its end. With `--json`, where
 * stdout is for the document, what it wrote is in there, also if something else ended it.
 *
 * @throws {DOCUMENT_TOO_LARGE}
 */
export async function runProgram(
  plugin: Plugin,
  args: readonly string[],
  { takeStreams, signal, json, beside }: Pick<Context, 'takeStreams' | 'signal' | 'json' | 'beside'>,
): Promise<ProgramOutcome> {
  const streams = takeStreams()
  const run = plugin.run({ args, stdin: streams.stdin, signal })
  if (json) return await collected(run, (output) => beside({ output }))
  const pass = async (stream: 'stdout' | 'stderr') => {
    for await (const bytes of run[stream]) await streams.write(stream, bytes)
  }
  const [exitCode] = await Promise.all([run.exitCode, pass('stdout'), pass('stderr')])
  return { exitCode }
}

async function collected(
  run: ProgramRun,
  onFailure: (output: ProgramOutput) => void,
): Promise<ProgramOutcome> {
  const output = await readOutput(run)
  try {
    return { exitCode: await run.exitCode, ...output }
  } catch (error) {
    onFailure(output)
    throw error
  }
}
