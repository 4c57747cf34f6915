import { failures } from '../errors/index.js'
import { untilEndOfInput } from '../output/end-of-input.js'

/** Questions go to stderr, like all talk. */
const output = process.stderr

/** @throws {INTERRUPTED} when the person cancels */
export async function askPassphrase(message: string, signal: AbortSignal): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts')
  const answer = await untilEndOfInput(signal, (signal) => password({ message, output, signal }))
  if (isCancel(answer)) throw failures.INTERRUPTED({})
  return answer ?? ''
}

/** @throws {INTERRUPTED} when the person cancels */
export async function askText(message: string, signal: AbortSignal): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await untilEndOfInput(signal, (signal) => text({ message, output, signal }))
  if (isCancel(answer)) throw failures.INTERRUPTED({})
  return answer ?? ''
}

/** @throws {INTERRUPTED} when the person cancels */
export async function askYes(message: string, signal: AbortSignal): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await untilEndOfInput(signal, (signal) =>
    confirm({ message, initialValue: false, output, signal }),
  )
  if (isCancel(answer)) throw failures.INTERRUPTED({})
  return answer
}
