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

/** Twice, since nobody sees what is typed; an empty one is believed at once. @throws {INTERRUPTED} when the person cancels */
export async function askNewPassphrase(message: string, signal: AbortSignal): Promise<string> {
  const passphrase = await askPassphrase(message, signal)
  if (passphrase === '') return passphrase
  const { isCancel, password } = await import('@clack/prompts')
  const validate = (again: string | undefined) =>
    again === passphrase ? undefined : 'That is another one. Ctrl-C starts anew.'
  const again = await untilEndOfInput(signal, (signal) =>
    password({ message: 'The same again:', output, signal, validate }),
  )
  if (isCancel(again)) throw failures.INTERRUPTED({})
  return passphrase
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
