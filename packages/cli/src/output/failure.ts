import { PluginError } from '@wasm-plugin/runtime/errors'
import { showLines, showText } from '@wasm-plugin/runtime/text'
import { exitOf, failures, refusedBySystem } from '../errors/index.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import type { Style } from './style.js'

export interface Failure {
  readonly error: PluginError
  readonly exitCode: ExitCode
}

/** Those that run what is not ours, and so cannot know what it has left. */
const RUNNING: readonly (string | undefined)[] = ['run', 'test', 'dev']

/**
 * Gives any thrown value a code and an exit code. What has no code of its own is a defect of ours.
 *
 * @param command whose failure it is
 */
export function describeFailure(thrown: unknown, signal: AbortSignal, command?: string): Failure {
  if (signal.aborted || PluginError.is(thrown, 'INTERRUPTED')) {
    return {
      error: failures.INTERRUPTED(RUNNING.includes(command) ? { ran: true } : {}, thrown),
      exitCode: exitCodes.interrupted,
    }
  }
  const refused = refusedBySystem(thrown)
  if (refused !== undefined) return { error: refused, exitCode: exitCodes.failed }
  if (!PluginError.is(thrown)) {
    const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return { error: failures.INTERNAL_ERROR({ reason }, thrown), exitCode: exitCodes.internal }
  }
  if (thrown.origin === 'host') return { error: thrown, exitCode: exitCodes.internal }
  return { error: thrown, exitCode: exitOf.get(thrown.code) ?? exitCodes.failed }
}

/** `error[CODE]: what happened`, what it was about, and what to do. The stack is for --verbose. */
export function renderFailure({ error, exitCode }: Failure, style: Style, verbose: boolean): string {
  const [headline = '', ...context] = showLines(error.message).split('\n')
  const lines = [`${style.red(`error[${error.code}]`)}: ${style.bold(headline)}`]
  lines.push(...context.map((text) => `  ${text}`))
  const about = [
    error.plugin === undefined ? undefined : `plugin ${showText(error.plugin)}`,
    error.export === undefined ? undefined : `export ${showText(error.export)}`,
  ].filter((part) => part !== undefined)
  if (about.length > 0) lines.push(style.dim(`  in ${about.join(', ')}`))
  lines.push('', `${style.cyan('hint')}: ${indented(error.hint)}`)
  if (verbose) lines.push('', ...outputOf(error), style.dim(stackOf(error)))
  else if (exitCode === exitCodes.internal) lines.push(style.dim('      Add --verbose for the stack trace.'))
  return lines.join('\n')
}

/** What a compiler said, where the error has it. */
function outputOf({ data }: PluginError): string[] {
  return typeof data.output === 'string' && data.output !== '' ? [showLines(data.output.trimEnd()), ''] : []
}

/** Text of several lines, none of which but the first stands where our own begin. */
function indented(text: string): string {
  return showLines(text).replace(/\n(?! )/g, '\n  ')
}

function stackOf(error: Error): string {
  const own = indented(error.stack ?? String(error))
  return error.cause instanceof Error ? `${own}\ncaused by: ${stackOf(error.cause)}` : own
}
