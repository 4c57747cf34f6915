import { ComponentError } from '@wasm-plugin/runtime/errors'
import { fsError } from '@wasm-plugin/wasi/gate'

type Code = Parameters<typeof fsError>[0]

const FROM_NAME = new Map<string, Code>([
  ['InvalidModificationError', 'not-empty'],
  ['NoModificationAllowedError', 'busy'],
  ['NotAllowedError', 'access'],
  ['NotFoundError', 'no-entry'],
  ['NotSupportedError', 'unsupported'],
  ['QuotaExceededError', 'insufficient-space'],
  ['SecurityError', 'access'],
  // A name that the browser takes for none.
  ['TypeError', 'invalid'],
])

/** What a browser says about a failed step, in the words of WASI and in no others. */
export function fromBrowser(error: unknown): ComponentError<Code> {
  if (ComponentError.is(error)) return error as ComponentError<Code>
  return fsError(FROM_NAME.get(nameOf(error)) ?? 'io')
}

/** Whether the person at the page, or the browser, does not allow it. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(nameOf(error))
}

const REFUSALS = new Set(['NotAllowedError', 'SecurityError'])

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
