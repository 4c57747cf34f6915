import * as z from '@wasm-plugin/manifest/shape'
import { type Capability, kept, renumbered } from '../capability.js'
import type { AppGrant } from '../grant-set.js'
import { notNarrower } from '../narrower.js'
import { asRecord } from '../values.js'

const name = z
  .string()
  .check(z.maxLength(64), z.regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and "-"'))
const rule = z.string().check(z.minLength(1), z.maxLength(2_048))
const schema = z.record(name, z.array(rule))
type AppInput = z.infer<typeof schema>

const textOf = ({ name, rule }: Omit<AppGrant, 'id'>) => `app.${name} ${rule}`

/**
 * What functions of the application may do for a plugin, by names and rules that the application has a meaning for. A
 * manifest cannot ask for it: that a plugin imports the functions says so.
 */
export const app: Capability<'app', typeof schema> = {
  schema,
  agree: (input = {}, { book }) => ({
    app: entriesOf(input).map((grant) => ({ id: book.add(textOf(grant)), ...grant })),
  }),
  narrow: ({ app }, input) => ({ app: narrow(app, input) }),
  without: ({ app }, ids) => ({ app: kept(app, ids) }),
  numbered: ({ app }, rule) => ({ app: renumbered(app, (grant) => rule(textOf(grant))) }),
  view: ({ app }) => rulesByName(app),
  interfaces: {},
}

function entriesOf(input: AppInput): Omit<AppGrant, 'id'>[] {
  return Object.entries(input).flatMap(([name, rules]) => [...new Set(rules)].map((rule) => ({ name, rule })))
}

/** Each name is a capability of its own: one that `input` does not have stays as it is. */
function narrow(now: readonly AppGrant[], input: AppInput): AppGrant[] {
  const left = entriesOf(input).map((grant) => {
    const found = now.find(({ name, rule }) => name === grant.name && rule === grant.rule)
    if (found === undefined) throw notNarrower(textOf(grant), 'it is not granted now')
    return found
  })
  return now.filter((grant) => !Object.hasOwn(input, grant.name) || left.includes(grant))
}

function rulesByName(grants: readonly AppGrant[]): Record<string, string[]> {
  const names = [...new Set(grants.map(({ name }) => name))]
  return asRecord(names.map((name) => [name, grants.filter((g) => g.name === name).map(({ rule }) => rule)]))
}
