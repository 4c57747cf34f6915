import { printNetPattern } from '@wasm-plugin/manifest/grammar'
import type { GrantSet, NetAllow } from './grant-set.js'

/** Numbers the rules of a grant set that was put together from parts of another, and freezes it. */
export function numberRules(grants: GrantSet): GrantSet {
  const rules: string[] = []
  const rule = (text: string) => rules.push(text) - 1
  const named = <T extends { readonly id: number }>(entries: readonly T[], text: (entry: T) => string): T[] =>
    entries.map((entry) => ({ ...entry, id: rule(text(entry)) }))
  const fs = named(grants.fs, ({ access, at }) => `fs ${access} ${at}`)
  const env = named(grants.env, ({ key }) => `env ${key}`)
  const net = { ...grants.net, allow: numberNet(grants.net.allow, rule) }
  const config = named(grants.config, ({ key }) => `config ${key}`)
  const keyvalue = named(grants.keyvalue, ({ name }) => `keyvalue ${name}`)
  return deepFreeze({ ...grants, fs, env, net, config, keyvalue, rules })
}

/** Parts of one pattern have one id; the first is the pattern itself. */
function numberNet(allow: readonly NetAllow[], rule: (text: string) => number): NetAllow[] {
  const ids = new Map<number, number>()
  return allow.map((part) => {
    const id = ids.get(part.id) ?? rule(`net ${printNetPattern(part)}`)
    ids.set(part.id, id)
    return { ...part, id }
  })
}

/** Freezes plain data; bytes cannot be frozen and are a copy of our own. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
