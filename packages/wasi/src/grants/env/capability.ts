import * as z from '@wasm-plugin/manifest/shape'
import { type Agreement, type Capability, kept, opened, renumbered } from '../capability.js'
import type { EnvGrant } from '../grant-set.js'
import { byKey, narrowValues, plainValue, valueName } from '../values.js'

const schema = z.union([z.array(valueName), z.record(valueName, plainValue)])
type EnvInput = z.infer<typeof schema>

/** Variables of the environment. */
export const env: Capability<'env', typeof schema> = {
  schema,
  agree: (input = [], agreement) => ({ env: agree(input, agreement) }),
  narrow: (now, input) => ({ env: narrowValues('env', now.env, input) }),
  without: ({ env }, ids) => ({ env: kept(env, ids) }),
  numbered: ({ env }, rule) => ({ env: renumbered(env, ({ key }) => rule(`env ${key}`)) }),
  view: ({ env }) => byKey(env),
  interfaces: opened(['wasi:cli/environment'], {
    fix: "Grant variables: `grants: { env: { LANG: 'de' } }`.",
    isGranted: ({ env }) => env.length > 0,
  }),
}

function agree(input: EnvInput, { asked, book, ports }: Agreement): EnvGrant[] {
  const entries: [string, string | undefined][] = Array.isArray(input)
    ? input.map((key) => [key, ports.variable(key)])
    : Object.entries(input)
  const keys = asked && new Set(asked.env)
  const granted: EnvGrant[] = []
  for (const [key, value] of entries) {
    if (value === undefined) continue
    if (keys === null || keys.has(key)) granted.push({ id: book.add(`env ${key}`), key, value })
    else book.unasked.push(`env ${key}`)
  }
  return granted
}
