import { showText } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/index.js'
import type { Capability, CapabilityUse, MayUse } from './capability.js'

/** What is wrong about a rule; undefined when nothing is. @throws {CAPABILITY_FAILED} */
export function wrongAbout(capability: Capability, rule: string): string | undefined {
  return answerOf(capability, 'checkRule', {
    ask: () => capability.checkRule?.(rule),
    expected: 'a text or undefined',
    fits: (answer) => answer === undefined || typeof answer === 'string',
  })
}

/** @throws {CAPABILITY_FAILED} */
export function ruleMatches(capability: Capability, rule: string, use: CapabilityUse): boolean {
  return answerOf(capability, 'matches', {
    ask: () => capability.matches(rule, use),
    expected: 'true or false',
    fits: (answer) => typeof answer === 'boolean',
  })
}

/** @throws {CAPABILITY_FAILED} */
export function importsOf(capability: Capability, may: MayUse): Record<string, unknown> {
  return answerOf(capability, 'imports', {
    ask: () => capability.imports(may),
    expected: 'an object of interfaces',
    fits: (answer) => isObject(answer) && !isPromise(answer),
  })
}

interface Asked<T> {
  readonly ask: () => T
  readonly expected: string
  readonly fits: (answer: unknown) => boolean
}

/** A promise of a yes would be one: what is not of its type is no answer. */
function answerOf<T>({ name }: Capability, method: string, { ask, expected, fits }: Asked<T>): T {
  const failed = (reason: string, cause?: unknown) =>
    errors.CAPABILITY_FAILED({ capability: name, method, reason }, cause)
  let answer: T
  try {
    answer = ask()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw failed(`threw: ${showText(message, 200)}`, error)
  }
  if (fits(answer)) return answer
  throw failed(`answered ${isPromise(answer) ? 'a promise' : typeof answer}, not ${expected}`)
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isPromise(value: unknown): boolean {
  return isObject(value) && 'then' in value && typeof value.then === 'function'
}
