import { isBuiltin } from 'node:module'
import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../../errors/index.js'
import type { Message } from './esbuild.js'

/** The bundler's errors as one, at the author's line; the rest is in its `data`. */
export function explainBundleFailure(
  cause: unknown,
  { language }: { dir: string; language: string },
): PluginError {
  const failures = isBuildFailure(cause) ? cause.errors : []
  const [first] = failures
  if (first === undefined) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return errors.COMPILE_FAILED({ language, reason, count: 1, output: reason }, cause)
  }
  return errors.COMPILE_FAILED(
    {
      language,
      ...placeOfMessage(first),
      reason: reasonOf(first),
      count: failures.length,
      output: failures.map(formatMessage).join('\n'),
    },
    cause,
  )
}

/** The bundler does not know that a plugin has no Node around it. */
function reasonOf({ text }: Message): string {
  const path = /^Could not resolve "(.+)"$/.exec(text)?.[1]
  if (path === undefined || !isBuiltin(path)) return text
  return `${path} is a module of Node, and a plugin runs without Node: it has the language, its own packages, and what its world imports`
}

/** `src/index.ts:3:5: text` */
export function formatMessage(message: Message): string {
  const { file, line, column } = placeOfMessage(message)
  const notes = message.notes.map(({ text }) => `\n  ${text}`).join('')
  return `${file === undefined ? '' : `${file}:${line}:${column}: `}${message.text}${notes}`
}

function placeOfMessage({ location }: Message): { file?: string; line?: number; column?: number } {
  return location === null
    ? {}
    : { file: location.file.replace(/^[\w-]+:/, ''), line: location.line, column: location.column + 1 }
}

function isBuildFailure(cause: unknown): cause is Error & { errors: readonly Message[] } {
  return cause instanceof Error && 'errors' in cause && Array.isArray(cause.errors)
}
