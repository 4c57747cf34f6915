import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { closest } from '@wasm-plugin/runtime/text'
import { type GrantsInput, errors as grantErrors, grantNames } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import { isObject, wrongAbout } from './answers.js'
import type { Capability } from './capability.js'

/** They are used as they are: copies would not have their methods. @throws {OPTIONS_INVALID} */
export function readCapabilities(input: unknown): readonly Capability[] {
  const { issue } = checkShape(listSchema, input)
  const invalid = (at: string, reason: string, fix?: string) =>
    errors.OPTIONS_INVALID({ path: `createHost.capabilities${at}`, reason, fix })
  if (issue !== undefined) throw invalid(issue.path, issue.reason)
  const capabilities = [...((input ?? []) as readonly Capability[])]
  for (const [i, capability] of capabilities.entries()) {
    const { issue } = checkShape(isPlain(capability) ? plainSchema : schema, capability)
    if (issue !== undefined) throw invalid(`[${i}]${issue.path && `.${issue.path}`}`, issue.reason, issue.fix)
    const { name } = capability
    if (grantNames.includes(name)) throw invalid(`[${i}].name`, `"${name}" is a grant of every host`)
    if (capabilities.findIndex((other) => other.name === name) !== i)
      throw invalid(`[${i}].name`, `there are two of the name "${name}"`)
  }
  return Object.freeze(capabilities)
}

/** An instance of a class keeps what it likes beside its methods. */
function isPlain(capability: object): boolean {
  const prototype = Object.getPrototypeOf(capability)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

const method = z.custom<() => unknown>((value) => typeof value === 'function', 'expected function')
const shape = {
  name: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected small letters, digits and "-"')),
  checkRule: z.optional(method),
  matches: method,
  imports: method,
}
const schema = z.looseObject(shape)
const plainSchema = z.strictObject(shape)
const listSchema = z.optional(z.array(z.custom<object>((value) => isObject(value), 'expected object')))

/** Grants of capabilities that there are, with rules that they understand. @throws {UNKNOWN_GRANT} {GRANTS_INVALID} {CAPABILITY_FAILED} */
export function checkRules({ app = {} }: GrantsInput, capabilities: readonly Capability[]): void {
  const known = capabilities.map(({ name }) => `app.${name}`)
  for (const [name, rules] of Object.entries(app)) {
    const capability = capabilities.find((one) => one.name === name)
    const full = `app.${name}`
    if (capability === undefined)
      throw grantErrors.UNKNOWN_GRANT({ name: full, known, guess: closest(full, known) })
    for (const rule of rules) {
      const reason = wrongAbout(capability, rule)
      if (reason !== undefined)
        throw grantErrors.GRANTS_INVALID({ path: full, reason: `"${rule}": ${reason}` })
    }
  }
}
