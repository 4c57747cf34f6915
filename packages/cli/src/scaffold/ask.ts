import { failures } from '../errors/index.js'
import { type LanguageName, languageNames, languages } from '../languages/languages.js'
import { untilEndOfInput } from '../output/end-of-input.js'
import { checkProjectName } from '../project/names.js'

/** Questions go to stderr, like all talk; the answers are arguments that were left out. */
const output = process.stderr

/** @throws {INTERRUPTED} when the person cancels */
export async function askName(signal: AbortSignal): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts')
  const validate = (value: string | undefined) => {
    try {
      checkProjectName(value ?? '')
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  const answer = await untilEndOfInput(signal, (signal) =>
    text({
      message: 'What is the plugin called?',
      placeholder: 'my-plugin',
      validate,
      output,
      signal,
    }),
  )
  if (isCancel(answer)) throw failures.INTERRUPTED({})
  return answer
}

/** @throws {INTERRUPTED} when the person cancels */
export async function askLanguage(signal: AbortSignal): Promise<LanguageName> {
  const { isCancel, select } = await import('@clack/prompts')
  const options = languageNames.map((value) => ({ value, label: languages[value].title }))
  const answer = await untilEndOfInput(signal, (signal) =>
    select({ message: 'Which language is it written in?', options, output, signal }),
  )
  if (isCancel(answer)) throw failures.INTERRUPTED({})
  return answer
}
