import type { Frame } from '@wasm-plugin/runtime/errors'
import { showText } from '@wasm-plugin/runtime/text'
import { languageOf, shownPath } from './paths.js'

/**
 * What a plugin itself said on stderr of where it failed: an engine of JavaScript has the stack of the author's code, which to the
 * host's engine is data, and others name one place.
 */
export function saidFrames(stderr: readonly string[]): Frame[] {
  const uncaught = stderr.findLastIndex((line) => line.startsWith('Uncaught '))
  const thrown = uncaught < 0 ? [] : stderr.slice(uncaught + 1).flatMap((line) => placed(THROWN.exec(line)))
  return thrown.length > 0
    ? thrown
    : stderr.flatMap((line) => ONCE.flatMap((form) => placed(form.exec(line)))).slice(-1)
}

/** A line of `guest/report.js` of the SDK. */
const THROWN = /^\s+at (?<name>.{0,500}) \((?<file>[^()]{1,500}?):(?<line>\d{1,9})(?::(?<column>\d{1,9}))?\)$/

const ONCE = [
  // Rust says nothing of the function.
  /^thread '.{0,200}' (?:\(\d{1,9}\) )?panicked at (?<file>.{1,500}):(?<line>\d{1,9}):(?<column>\d{1,9}):$/,
  // AssemblyScript
  /^abort: .{0,500} \((?<file>[^()]{1,500}):(?<line>\d{1,9}):(?<column>\d{1,9})\)$/,
  // musl, and so wasi-libc
  /^Assertion failed: .{0,500} \((?<file>[^()]{1,500}?): (?<name>[^()]{1,500}): (?<line>\d{1,9})\)$/,
]

function placed(found: RegExpExecArray | null): Frame[] {
  if (found?.groups === undefined) return []
  const { name, file = '', line, column } = found.groups
  return [
    {
      function: name === undefined || name === '<anonymous>' ? null : showText(name),
      file: showText(shownPath(file, '').path),
      line: Number(line),
      column: column === undefined ? null : Number(column),
      language: languageOf(file),
    },
  ]
}
